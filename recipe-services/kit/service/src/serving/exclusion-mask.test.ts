import { expect, it } from "vitest";
import { ExclusionMask } from "./exclusion-mask.js";

it("gives a use within another one marks of its own, and cleared marks to the next", () => {
  const mask = new ExclusionMask();
  const marked = (marks: Uint8Array): number[] => [...marks.keys()].filter((item) => marks[item] === 1);
  mask.with([1, 2], 5, (outer) => {
    mask.with(
      [2],
      5,
      (inner) => expect(marked(inner)).toEqual([2, 4]),
      (inner) => (inner[4] = 1),
    );
    expect(marked(outer)).toEqual([1, 2]);
  });
  mask.with([], 5_000, (marks) =>
    mask.with([], 5, (inner) => expect([...marked(marks), ...marked(inner)]).toEqual([])),
  );
});
