import { randomizedSvd, sparseTimesDense, symmetricEigen, SparseRowsBuilder, denseOf } from "@palate/numeric";
import { describe, expect, it } from "vitest";
import { keyphrasesOf } from "./keyphrases.js";
import { plainText } from "./plain-text.js";
import { TextModel } from "./text-model.js";
import { wordsOf } from "./words.js";

/** Runs a generator to its end. */
function finished<T>(work: Generator<unknown, T>): T {
  for (let step = work.next(); ; step = work.next()) if (step.done) return step.value;
}

const cosine = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, at) => sum + value * b[at]!, 0);

describe("plain text", () => {
  it("is what a reader sees of HTML", () => {
    expect(plainText("<p>Red&nbsp;lamp &amp; shade</p><script>var a = '<b>';</script>5 &#8364;").trim()).toBe(
      "Red lamp & shade\n 5 €",
    );
    expect(plainText('<a href="x">one</a><!-- two --><br/>three')).toBe(" one  \nthree");
  });

  it("leaves alone what only looks like HTML", () => {
    expect(plainText("a < b and c > d, R&D, &unknown; &#xD800;")).toBe("a < b and c > d, R&D, &unknown; &#xD800;");
  });

  it("gives full-width letters their usual form", () => {
    expect(plainText("ＡＢＣ　１２３")).toBe("ABC 123");
  });
});

describe("words", () => {
  it("are lower case, without accents and punctuation, in any alphabet", () => {
    expect(wordsOf("Café-crème, l'Été 2024!")).toEqual(["cafe", "creme", "lete", "2024"]);
    expect(wordsOf("Straße ГРУЗОВИК ёлка")).toEqual(["strasse", "грузовик", "елка"]);
    expect(wordsOf("हिन्दी भाषा")).toEqual(["हिन्दी", "भाषा"]);
  });

  it("are pairs of characters where writing has no spaces", () => {
    expect(wordsOf("東京タワー")).toEqual(["東京", "京タ", "タワ", "ワー"]);
    expect(wordsOf("iPhone用ケース 黒")).toEqual(["iphone", "用ケ", "ケー", "ース", "黒"]);
  });

  it("are none in nothing", () => {
    for (const text of ["", " ", "—!?", "<p></p>"]) expect(wordsOf(text)).toEqual([]);
  });
});

describe("singular value decomposition", () => {
  it("of a symmetric matrix by hand: eigenvalues 3 and 1", () => {
    const { values, vectors } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2);
    expect(values[0]).toBeCloseTo(3, 12);
    expect(values[1]).toBeCloseTo(1, 12);
    expect(Math.abs(vectors[0]!)).toBeCloseTo(Math.SQRT1_2, 12);
    expect(vectors[0]! * vectors[2]!).toBeCloseTo(0.5, 12);
  });

  it("finds singular values and rebuilds a matrix of low rank", () => {
    // Two blocks: ones of 4 × 3 and twos of 2 × 2. Singular values: √12 and 4.
    const rows = new SparseRowsBuilder();
    for (let row = 0; row < 6; row++) {
      for (const column of row < 4 ? [0, 1, 2] : [3, 4]) rows.add(column, row < 4 ? 1 : 2);
      rows.endRow();
    }
    const matrix = rows.finish();
    const { vectors, singularValues } = finished(randomizedSvd(matrix, 5, 3, 7));
    expect(singularValues[0]).toBeCloseTo(4, 4);
    expect(singularValues[1]).toBeCloseTo(Math.sqrt(12), 4);
    expect(singularValues[2]).toBeCloseTo(0, 4);
    const dense = denseOf(matrix, 5);
    for (let row = 0; row < 6; row++)
      for (let column = 0; column < 5; column++) {
        let value = 0;
        for (let d = 0; d < 3; d++) {
          let along = 0;
          for (let c = 0; c < 5; c++) along += dense[row * 5 + c]! * vectors[c * 3 + d]!;
          value += along * vectors[column * 3 + d]!;
        }
        expect(value).toBeCloseTo(dense[row * 5 + column]!, 4);
      }
  });
});

describe("a sparse matrix with a known spectrum", () => {
  /** Diagonal, so that its singular values are what stands there: 1, 0.97, 0.97², … */
  const size = 400;
  const diagonal = new SparseRowsBuilder();
  for (let row = 0; row < size; row++) {
    diagonal.add((row * 7) % size, 0.97 ** row);
    diagonal.endRow();
  }
  const matrix = diagonal.finish();

  it("gives its largest singular values, and orthonormal vectors", () => {
    const { vectors, singularValues } = finished(randomizedSvd(matrix, size, 20, 1));
    singularValues.forEach((value, d) => expect(value).toBeCloseTo(0.97 ** d, 2));
    for (let a = 0; a < 20; a++)
      for (let b = 0; b <= a; b++) {
        let dot = 0;
        for (let row = 0; row < size; row++) dot += vectors[row * 20 + a]! * vectors[row * 20 + b]!;
        expect(dot).toBeCloseTo(a === b ? 1 : 0, 4);
      }
  });

  it("gives them more exactly from where it ended before", () => {
    const before = finished(randomizedSvd(matrix, size, 20, 1));
    const after = finished(randomizedSvd(matrix, size, 20, 2, before.vectors));
    const errorOf = ({ singularValues }: { singularValues: Float64Array }): number =>
      singularValues.reduce((sum, value, d) => sum + Math.abs(value - 0.97 ** d), 0);
    expect(errorOf(after)).toBeLessThan(errorOf(before));
  });

  it("times a dense one", () => {
    const dense = Float32Array.from({ length: size * 3 }, (_, at) => at);
    const product = finished(sparseTimesDense(matrix, dense, 3));
    expect(product).toHaveLength(size * 3);
    for (const row of [0, 1, 17, 200])
      for (let d = 0; d < 3; d++) {
        const expected = 0.97 ** row * dense[((row * 7) % size) * 3 + d]!;
        expect(product[row * 3 + d]! - expected).toBeCloseTo(0, 3);
      }
  });
});

const NAMES = [
  "Red ceramic coffee mug",
  "Blue ceramic coffee mug",
  "Large porcelain teapot",
  "Small porcelain teapot with lid",
  "Garden hose 20 m",
  "Garden hose 10 m with nozzle",
  "Coffee mugs, set of four",
  "Porcelain teapots and ceramic cups",
  "Hose nozzle for the garden",
  "Ceramic cup for coffee",
];

describe("text model", () => {
  const model = finished(TextModel.fit([NAMES], { dimensions: 4 }));

  it("puts texts of one subject together, inflected and new ones too", () => {
    const mug = model.encode(["Green coffee mugs"]);
    expect(cosine(mug, mug)).toBeCloseTo(1, 5);
    expect(cosine(mug, model.encode([NAMES[0]!]))).toBeGreaterThan(0.7);
    expect(cosine(mug, model.encode([NAMES[4]!]))).toBeLessThan(0.3);
  });

  it("gives zeros to texts of which it knows nothing", () => {
    for (const text of ["", "!!!", "Ω≈ç"]) expect([...model.encode([text])]).toEqual([0, 0, 0, 0]);
  });

  it("takes several columns, and languages without spaces", () => {
    const names = ["東京タワーの模型", "東京タワーのポスター", "大阪城の模型", "大阪城のポスター"];
    const kinds = ["<b>模型</b>", "ポスター", "模型", ""];
    const several = finished(TextModel.fit([names, kinds], { dimensions: 3, columnWeights: [2, 1] }));
    const [tower, poster, castle] = names.map((name, row) => several.encode([name, kinds[row]!]));
    expect(cosine(tower!, poster!)).toBeGreaterThan(0.3);
    expect(several.encode(["東京タワー", ""]).some((value) => value !== 0)).toBe(true);
    expect(cosine(several.encode(["", "模型"]), castle!)).toBeGreaterThan(0);
  });

  it("is the same after being stored and read back", () => {
    const again = TextModel.fromTensors(model.toTensors("t"), "t");
    for (const name of NAMES) expect(again.encode([name])).toEqual(model.encode([name]));
    expect(() => TextModel.fromTensors(new Map(), "t")).toThrow(/no tensor "t\.buckets"/);
  });

  it("fits on nothing, on one text and on empty ones", () => {
    for (const texts of [[], [""], ["", ""], ["lamp"]]) {
      const tiny = finished(TextModel.fit([texts]));
      expect(tiny.dimensions).toBeLessThanOrEqual(1);
      expect(tiny.encode(["lamp"])).toHaveLength(tiny.dimensions);
    }
  });
});

describe("keyphrases", () => {
  const model = finished(TextModel.fit([NAMES]));
  const phrases = (...texts: string[]) => keyphrasesOf(texts, (word) => model.rarity(word), 3).map((k) => k.phrase);

  it("are runs of rare words, without stop words at the ends", () => {
    const found = phrases(
      "Watering can",
      "<p>This is a watering can of galvanised steel. With it you water the garden.</p>",
    );
    expect(found[0]).toBe("watering can");
    expect(found).toContain("galvanised steel");
    for (const phrase of found) expect(phrase).not.toMatch(/^(this|is|a|of|the|with|it|you)\b|\b(of|the|a)$/);
  });

  it("come with a score that falls from 1, and not twice in one another", () => {
    const found = keyphrasesOf(["Blue ceramic coffee mug, hand made"], (word) => model.rarity(word), 10);
    expect(found[0]!.score).toBe(1);
    expect(found.map(({ score }) => score)).toEqual(found.map(({ score }) => score).sort((a, b) => b - a));
    for (const a of found) for (const b of found) if (a !== b) expect(a.phrase.includes(b.phrase)).toBe(false);
  });

  it("are words of a dictionary where writing has no spaces", () => {
    expect(phrases("東京タワーの模型").join()).toMatch(/東京|タワー|模型/);
  });

  it("are none in nothing", () => {
    expect(phrases("", "of the", "123")).toEqual([]);
  });
});
