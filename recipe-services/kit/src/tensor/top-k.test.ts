import { expect, it } from "vitest";
import { Random } from "./random.js";
import { selectTop } from "./top-k.js";

it("agrees with a full sort, ties to the lower index", () => {
  const random = new Random(3);
  for (const length of [0, 1, 7, 500]) {
    const scores = new Float32Array(length).map(() => random.integer(40));
    for (const count of [0, 1, 10, 600]) {
      const sorted = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, count);
      const top = selectTop(scores, count);
      expect([...top.indices]).toEqual(sorted);
      expect([...top.scores]).toEqual(sorted.map((index) => scores[index]));
    }
  }
});

it("leaves out what is excluded, by mask or by predicate, and NaN", () => {
  const scores = new Float32Array([5, 4, NaN, 3, 2, 1]);
  expect([...selectTop(scores, 2, new Uint8Array([1, 0, 0, 0, 0, 0])).indices]).toEqual([1, 3]);
  expect([...selectTop(scores, 9, (index) => index % 2 === 1).indices]).toEqual([0, 4]);
});
