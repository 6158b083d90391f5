import { Random } from "@palate/numeric";
import { loadTensorBackend, type TensorBackend } from "@palate/tensorflow";
import { beforeAll, describe, expect, it } from "vitest";
import { BACKENDS } from "../../testing/backends.js";
import { SequenceModel } from "../model/sequence-model.js";
import { trainSequenceModel } from "../model/train-sequence-model.js";
import type { Sequences } from "../sequences/sequences.js";
import { itemContentOf } from "./item-content.js";

const ITEMS = 60;
/** Items are of three kinds; the last six are in the catalogue, but nobody had them. */
const KINDS = ["tea", "jam", "nuts"] as const;
const kindOf = (item: number): (typeof KINDS)[number] => KINDS[item % 3]!;
const COLD = 54;

/** Everybody keeps to one kind, in no particular order. */
function faithful(users: number, seed: number): Sequences {
  const random = new Random(seed);
  const histories = Array.from({ length: users }, (_, user) => {
    const own = Array.from({ length: COLD / 3 }, (_, k) => 3 * k + (user % 3));
    return random.shuffle(own).slice(0, 6);
  });
  const offsets = Int32Array.from({ length: users + 1 }, (_, user) => 6 * user);
  return { userCount: users, itemCount: ITEMS, offsets, items: Int32Array.from(histories.flat()) };
}

/** A clock on which every reading is one millisecond later, so that a time budget is a number of steps. */
function countingClock(): () => number {
  let now = 0;
  return () => now++;
}

describe.each(BACKENDS)("metadata in the item vectors on %s", (name) => {
  let backend: TensorBackend;
  let model: SequenceModel;
  beforeAll(async () => {
    backend = await loadTensorBackend({ prefer: name });
    const column = Array.from({ length: ITEMS }, (_, item) => kindOf(item));
    const content = await itemContentOf({ KIND: column, NUMBER: column.map((_, item) => item % 7) }, ITEMS);
    const mixer = { width: 16, tokens: 400, length: 8 };
    const trained = await trainSequenceModel(
      faithful(150, 3),
      { trainingSeconds: 0.1, seed: 1, mixer, content },
      backend,
      { clock: countingClock() },
    );
    model = trained.model;
  });

  /** How far the mean score of some items is above that of others, for somebody who likes tea. */
  function lead(scored: SequenceModel, some: readonly number[], others: readonly number[]): number {
    const scores = new Float32Array(scored.itemCount);
    scored.scoreAll({ items: Int32Array.of(0, 3, 6, 9) }, NaN, scores);
    const mean = (items: readonly number[]): number =>
      items.reduce((sum, item) => sum + scores[item]!, 0) / items.length;
    return mean(some) - mean(others);
  }

  it("recommends items of the catalogue that nobody had to those who like their kind", () => {
    expect(model.hasNetwork).toBe(true);
    expect(lead(model, [54, 57], [55, 56, 58, 59])).toBeGreaterThan(0.5);
  });

  it("knows items that come after training by their metadata, after storage too", () => {
    const metadata = JSON.parse(JSON.stringify(model.metadata())) as ReturnType<SequenceModel["metadata"]>;
    const restored = SequenceModel.fromTensors(model.toTensors(), metadata);
    const kinds = ["tea", "jam", "tea", "nuts"];
    const numbers = kinds.map((kind) => restored.learnItem((column) => (column === "KIND" ? kind : null)));
    expect(numbers).toEqual([60, 61, 62, 63]);
    expect(lead(restored, [60, 62], [61, 63])).toBeGreaterThan(0.5);
    // Corrected metadata counts at once.
    expect(restored.learnItem((column) => (column === "KIND" ? "tea" : null), 61)).toBe(61);
    expect(lead(restored, [61], [60])).toBeCloseTo(0, 5);
    expect(restored.learnItem(() => null)).toBe(-1);
  });
});

it("finds nothing where metadata says nothing", async () => {
  expect(await itemContentOf({}, 5)).toBeUndefined();
  expect(await itemContentOf({ EMPTY: [null, null], SAME: ["", ""] }, 2)).toBeUndefined();
});
