import { Random } from "@palate/numeric";
import type { Sequences } from "@palate/sequence";
import { loadTensorBackend, type TensorBackend } from "@palate/tensorflow";
import { beforeAll, describe, expect, it } from "vitest";
import { continuedGruParameters, type EarlierGru } from "./continue-gru.js";
import { initialGruParameters, type GruShape } from "./gru-parameters.js";
import { GruScorer, START } from "./gru-scorer.js";
import type { Features } from "./gru-steps.js";
import { GRU_DEFAULTS, trainGru, type GruPlan, type GruSnapshot, type GruState } from "./train-gru.js";

const random = new Random(9);
const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.normal());

/** Other axes: the old ones in the opposite order, each with a little of the others. */
function axes(width: number): Float32Array {
  return numbers(width * width).map(
    (value, at) => 0.2 * value + Number((at % width) + Math.floor(at / width) === width - 1),
  );
}

/** Rows times a matrix of as many columns as rows. */
function turned({ count, width, values }: Features, matrix: Float32Array): Features {
  const out = new Float32Array(values.length);
  for (let row = 0; row < count; row++)
    for (let f = 0; f < width; f++)
      for (let g = 0; g < width; g++) out[row * width + g]! += values[row * width + f]! * matrix[f * width + g]!;
  return { count, width, values: out };
}

/** Logits after a history of items, by the network's own item numbers. */
function logits(scorer: GruScorer, items: readonly number[], user: Float32Array): Float32Array {
  const inputs = { items: Int32Array.of(START, ...items), gaps: Int32Array.from([0, ...items], () => 3) };
  const out = new Float32Array(scorer.items.count);
  scorer.items.scoresInto(scorer.query(scorer.advance(undefined, inputs, scorer.userVector(user))), out);
  return out;
}

describe("a recurrent network that continues an earlier one", () => {
  let backend: TensorBackend;
  beforeAll(async () => {
    backend = await loadTensorBackend({ prefer: "wasm" });
  });

  it("thinks what the earlier one thought, though its items are others and its metadata has other axes", async () => {
    const shape: GruShape = { itemCount: 12, width: 16, hidden: 16, itemFeatures: 4, userFeatures: 3 };
    const parameters = initialGruParameters(shape, Int32Array.of(1, 2, 3), new Random(1)).map(
      (value, at) => value + 0.3 * Math.sin(at),
    );
    // Two items came, one went, and the order is another. Metadata of the new items in the order of now.
    const oldOf = (item: number): number => (item < 2 ? -1 : 13 - item);
    const itemFeatures = { count: 13, width: 4, values: numbers(13 * 4) };
    const userFeatures = { count: 9, width: 3, values: numbers(9 * 3) };
    const earlier: EarlierGru = { shape, parameters, itemOf: oldOf, itemFeatures, userFeatures };
    const now = { itemFeatures: turned(itemFeatures, axes(4)), userFeatures: turned(userFeatures, axes(3)) };
    const grown = { ...shape, itemCount: 13 };
    const initial = initialGruParameters(grown, Int32Array.of(0, 1), new Random(2));
    const continued = await continuedGruParameters(backend, grown, initial, earlier, now);

    const metadataThen = new Float32Array(12 * 4);
    for (let item = 2; item < 13; item++)
      metadataThen.set(itemFeatures.values.subarray(item * 4, (item + 1) * 4), oldOf(item) * 4);
    const before = new GruScorer(shape, parameters, metadataThen);
    const after = new GruScorer(grown, continued, now.itemFeatures.values);
    const user = 5;
    const were = logits(before, [8, 1], userFeatures.values.subarray(user * 3, user * 3 + 3));
    const are = logits(after, [5, 12], now.userFeatures.values.subarray(user * 3, user * 3 + 3));
    const spread = Math.max(...were) - Math.min(...were);
    for (let item = 2; item < 13; item++) expect(Math.abs(are[item]! - were[oldOf(item)]!)).toBeLessThan(0.03 * spread);

    // What its metadata alone says of an item is what it said.
    const one = before.addItem(itemFeatures.values.subarray(0, 4));
    const other = after.addItem(now.itemFeatures.values.subarray(0, 4));
    const [then, anew] = [before.items.vector(one), after.items.vector(other)];
    const length = Math.hypot(...then);
    expect(Math.hypot(...then.map((value, c) => value - anew[c]!))).toBeLessThan(0.05 * length);
  });
});

/** A clock on which every reading is one millisecond later, so that a time budget is a number of steps. */
function countingClock(): () => number {
  let now = 0;
  return () => now++;
}

describe("a training of the recurrent network that was killed", () => {
  let backend: TensorBackend;
  beforeAll(async () => {
    backend = await loadTensorBackend({ prefer: "wasm" });
  });
  const items = Int32Array.from({ length: 40 * 6 }, (_, at) => (Math.floor(at / 6) + (at % 6)) % 12);
  const offsets = Int32Array.from({ length: 41 }, (_, user) => 6 * user);
  const sequences: Sequences = { userCount: 40, itemCount: 12, offsets, items };
  const options = { ...GRU_DEFAULTS, width: 16, hidden: 16, bptt: 4, tokens: 32 };

  const run = async (plan: Partial<GruPlan>): Promise<GruSnapshot[]> => {
    const snapshots: GruSnapshot[] = [];
    const whole = { seconds: 0.08, checkpoints: [0.5, 1], seed: 4, ...plan };
    for await (const snapshot of trainGru(backend, sequences, options, whole, { clock: countingClock() }))
      snapshots.push(snapshot);
    return snapshots;
  };

  it("goes on where it was: no more steps than were left, and no checkpoint twice", async () => {
    const states: GruState[] = [];
    const [, last] = await run({ keepEvery: 20, keep: async (state) => void states.push(state) });
    const middle = states.at(-1)!;
    const snapshots = await run({ resume: middle });
    expect(snapshots).toHaveLength(1);
    expect(snapshots[0]!.steps).toBeGreaterThan(middle.adam.steps);
    expect(Math.abs(snapshots[0]!.steps - last!.steps)).toBeLessThan(10);
  });
});
