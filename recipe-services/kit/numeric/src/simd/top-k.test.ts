import { expect, it } from "vitest";
import { Random } from "../random/random.js";
import { nthLargest, selectTop } from "./top-k.js";

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

it("finds the nth largest, and moves those before it to the front", () => {
  const random = new Random(4);
  for (const length of [1, 2, 9, 500]) {
    for (const most of [1, 7, 100_000]) {
      const values = new Float32Array(length).map(() => random.integer(most));
      values[length >> 1] = -Infinity;
      const sorted = values.toSorted().reverse();
      for (const rank of [0, length >> 1, length - 1]) {
        const moved = values.slice();
        expect(nthLargest(moved, rank)).toBe(sorted[rank]);
        expect(moved.toSorted()).toEqual(values.toSorted());
        expect(
          moved
            .subarray(0, rank + 1)
            .toSorted()
            .reverse(),
        ).toEqual(sorted.subarray(0, rank + 1));
      }
    }
  }
});
