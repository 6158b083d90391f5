import { SparseRowsBuilder, rowOf } from "@palate/numeric";
import { describe, expect, it } from "vitest";
import { CategoryFeatures, NumberFeatures } from "./column-features.js";
import { columnKinds } from "./column-kind.js";
import { ContentEncoder, rarityOfFeatures } from "./content-encoder.js";
import { ContentMap } from "./content-map.js";

function finished<T>(work: Generator<unknown, T>): T {
  for (let step = work.next(); ; step = work.next()) if (step.done) return step.value;
}

const CATALOGUE = {
  GENRES: ["Comedy", "Comedy|Romance", "Drama", "Drama|Romance", "Comedy", null],
  TITLE: ["The red lamp", "A red moon", "Night of the moon", "Lamp in the night", "Red night", ""],
  PRICE: [1, 2, 3, 4, 100, null],
  ADULT: [true, false, true, false, true, null],
  CREATION_TIMESTAMP: [1_600_000_000, 1_610_000_000, 1_620_000_000, 1_630_000_000, null, 1_640_000_000],
  SKU: ["a1", "a2", "a3", "a4", "a5", "a6"],
  EMPTY: [null, null, null, null, null, null],
} as const;

describe("column kinds", () => {
  it("are told from the values", () => {
    expect(Object.fromEntries(columnKinds(CATALOGUE))).toEqual({
      GENRES: "categorical",
      TITLE: "text",
      PRICE: "number",
      ADULT: "boolean",
      CREATION_TIMESTAMP: "timestamp",
    });
  });

  it("are what the schema says, where it does", () => {
    expect(columnKinds(CATALOGUE, { SKU: "categorical", TITLE: "categorical" }).get("SKU")).toBe("categorical");
  });
});

describe("features of a column", () => {
  const featuresOf = (features: CategoryFeatures | NumberFeatures, value: string | number | null) => {
    const found: Record<string, number> = {};
    features.encode(value, (feature, weight) => (found[features.labelOf(feature)] = weight));
    return found;
  };

  it("are its frequent values, which share the weight", () => {
    const features = CategoryFeatures.fit(["a|b", "a", "b|c", "a|a", null], 2, 10);
    expect(features.values).toEqual(["a", "b"]);
    expect(featuresOf(features, "b|a|z")).toEqual({ a: expect.closeTo(Math.SQRT1_2), b: expect.closeTo(Math.SQRT1_2) });
    expect(featuresOf(features, "z")).toEqual({});
    expect(featuresOf(features, null)).toEqual({});
  });

  it("has one for a combination that is frequent itself, in whatever order it is written", () => {
    const features = CategoryFeatures.fit(["a|b", "b|a", "a|b", "a|b", "b|a", "a", "c"], 1, 30);
    expect(features.combinations).toEqual(["a|b"]);
    expect(featuresOf(features, "b|a")).toEqual({
      "a|b": Math.SQRT1_2,
      a: expect.closeTo(0.5),
      b: expect.closeTo(0.5),
    });
  });

  it("are the nearest knots of a number", () => {
    const features = new NumberFeatures(Float64Array.of(0, 10, 20));
    expect(featuresOf(features, 10)).toEqual({ "about 10": 1 });
    expect(featuresOf(features, "12.5")).toEqual({ "about 10": 0.75, "about 20": 0.25 });
    expect(featuresOf(features, 99)).toEqual({ "about 20": 1 });
    expect(featuresOf(features, -99)).toEqual({ "about 0": 1 });
    expect(featuresOf(features, "")).toEqual({});
    expect(featuresOf(features, "cheap")).toEqual({});
  });

  it("puts knots at the values of a number that has few, at quantiles otherwise", () => {
    expect([...NumberFeatures.fit([3, 1, 3, null, 2]).knots]).toEqual([1, 2, 3]);
    const many = NumberFeatures.fit(Array.from({ length: 1101 }, (_, at) => at));
    expect([...many.knots]).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 1100]);
  });
});

describe("content encoder", () => {
  const encoder = finished(ContentEncoder.fit(CATALOGUE, { text: { dimensions: 3 } }));
  const rows = finished(encoder.encodeAll(CATALOGUE, 6));

  it("encodes columns one after the other, the text last", () => {
    expect(encoder.columns).toEqual(["GENRES", "PRICE", "ADULT", "CREATION_TIMESTAMP", "TITLE"]);
    const { columns, values } = rowOf(rows, 0);
    expect(encoder.labelOf(columns[0]!)).toBe("GENRES Comedy");
    expect(values[0]).toBe(1);
    expect(columns.at(-1)).toBeGreaterThanOrEqual(encoder.width - 3);
    expect(encoder.labelOf(columns.at(-1)!)).toBe("");
  });

  it("encodes what a replica says of a new item, as text, like the catalogue", () => {
    const texts: Record<string, string> = { GENRES: "Comedy", TITLE: "The red lamp", PRICE: "1", ADULT: "true" };
    const row = encoder.encode((column) => (column === "CREATION_TIMESTAMP" ? "1600000000" : (texts[column] ?? "")));
    expect(row).toEqual(rowOf(rows, 0));
  });

  it("says how telling a feature is", () => {
    const rarity = rarityOfFeatures(rows, encoder);
    const of = (label: string) =>
      rarity[Array.from({ length: encoder.width }, (_, f) => encoder.labelOf(f)).indexOf(label)];
    expect(of("GENRES Romance")).toBeGreaterThan(of("GENRES Comedy")!);
  });

  it("is the same after being stored and read back", () => {
    const again = ContentEncoder.fromTensors(encoder.toTensors("content"), "content");
    expect(again.columns).toEqual(encoder.columns);
    expect(finished(again.encodeAll(CATALOGUE, 6))).toEqual(rows);
    expect(() => ContentEncoder.fromTensors(new Map(), "content")).toThrow(/content\.columns/);
  });

  it("has no feature without metadata", () => {
    const bare = finished(ContentEncoder.fit({}));
    expect(bare.width).toBe(0);
    expect(bare.encode(() => "x").columns).toHaveLength(0);
  });
});

describe("content map", () => {
  /** Features 0, 1, 2 one each; vectors 2 * feature + 1 in one dimension, so the fit is exact but for lambda. */
  const input = () => {
    const rows = new SparseRowsBuilder();
    const vectors: number[] = [];
    for (let item = 0; item < 30; item++) {
      rows.add(item % 3, 1);
      rows.endRow();
      vectors.push(2 * (item % 3) + 1, 5);
    }
    return { features: rows.finish(), width: 3, vectors: Float32Array.from(vectors), dimensions: 2 };
  };

  it("solves a ridge regression, checked by hand", () => {
    const rows = new SparseRowsBuilder();
    for (const value of [1, 2]) {
      rows.add(0, value);
      rows.endRow();
    }
    // Centred: x = ∓½, y = ∓½, so slope = ½ / (½ + λ) = 0.25 with λ = 1.5; the constant lets the means agree.
    const map = finished(
      ContentMap.fit({
        features: rows.finish(),
        width: 1,
        vectors: Float32Array.of(1, 2),
        dimensions: 1,
        weights: Float32Array.of(1, 1),
        lambda: 1.5,
      }),
    );
    expect(map.weights[0]).toBeCloseTo(0.25, 4);
    expect(map.weights[1]).toBeCloseTo(1.5 - 0.25 * 1.5, 4);
  });

  it("gives an item without features the mean, and one with them its kind's vector", () => {
    const map = finished(ContentMap.fit({ ...input(), weights: new Float32Array(30).fill(1), lambda: [0.001, 1000] }));
    const none = map.apply({ columns: new Int32Array(0), values: new Float32Array(0) });
    expect(none[0]).toBeCloseTo(3, 1);
    const third = map.apply({ columns: Int32Array.of(2), values: Float32Array.of(1) });
    expect(third[0]).toBeCloseTo(5, 2);
    expect(third[1]).toBeCloseTo(5, 2);
  });

  it("does not listen to items of weight 0", () => {
    const all = input();
    const spoiled = all.vectors.slice();
    spoiled[0] = 1000;
    const weights = new Float32Array(30).fill(1);
    weights[0] = 0;
    const map = finished(ContentMap.fit({ ...all, vectors: spoiled, weights, lambda: 0.001 }));
    expect(map.apply({ columns: Int32Array.of(0), values: Float32Array.of(1) })[0]).toBeCloseTo(1, 2);
  });

  it("is the same after being stored and read back", () => {
    const map = finished(ContentMap.fit({ ...input(), weights: new Float32Array(30).fill(1) }));
    expect(ContentMap.fromTensors(map.toTensors("map"), "map").weights).toEqual(map.weights);
    expect(() => ContentMap.fromTensors(new Map(), "map")).toThrow(/map\.weights/);
  });
});
