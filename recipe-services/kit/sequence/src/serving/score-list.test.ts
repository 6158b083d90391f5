import { Random } from "@palate/numeric";
import { ItemBinding, type ReplicaView } from "@palate/recipe";
import { expect, it } from "vitest";
import { ScoreList } from "./score-list.js";

const COUNT = 103;

/** A replica that holds every item but the model's "5", backwards, and two that the model does not know. */
const ids = Array.from({ length: COUNT }, (_, item) => `${COUNT - 1 - item}`).filter((id) => id !== "5");
ids.splice(7, 0, "unknown", "unheard of");
const replica = { itemCount: ids.length, itemId: (index: number) => ids[index]! } as ReplicaView;
const binding = new ItemBinding(
  Array.from({ length: COUNT }, (_, item) => `${item}`),
  replica,
);

it.each([0, 1, 3])("lists what is left, and shares of it, with marks that begin at byte %i", (offset) => {
  const random = new Random(offset + 1);
  const list = new ScoreList();
  const scores = list.room(COUNT);
  scores.forEach((_, item) => (scores[item] = 5 * random.normal()));
  const given = scores.slice();
  const excluded = new Uint8Array(new ArrayBuffer(200 + offset), offset);
  for (let index = 0; index < ids.length; index++) excluded[index] = random.uniform() < 0.4 ? 1 : 0;
  const left = ids.flatMap((id, index) => (excluded[index] === 1 || id.startsWith("un") ? [] : [Number(id)]));
  left.sort((a, b) => given[b]! - given[a]!);

  list.exclude(excluded, binding);
  const top = list.top(10);
  expect([...top.indices]).toEqual(left.slice(0, 10));
  const weights = left.map((item) => Math.exp(0.7 * given[item]!));
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  list
    .probabilitiesOf(top, 0.7)
    .forEach((probability, rank) => expect(probability).toBeCloseTo(weights[rank]! / whole, 5));
  expect([...list.top(COUNT).indices]).toEqual(left);
});

it("has room for more items than before, and an empty list when nothing is left", () => {
  const list = new ScoreList();
  list.room(3).fill(1);
  list.room(COUNT).fill(0);
  list.exclude(new Uint8Array(ids.length).fill(1), binding);
  const top = list.top(5);
  expect(top.indices).toHaveLength(0);
  expect(list.probabilitiesOf(top, 1)).toHaveLength(0);
});
