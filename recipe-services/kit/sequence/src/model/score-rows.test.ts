import { expect, it } from "vitest";
import { ScoreRows } from "./score-rows.js";

it("gives rows back as they were, whether most of their scores are the same or none", () => {
  const given = [
    Float32Array.of(-0.5, -0.5, 3, -0.5, -0.5, 0),
    Float32Array.of(1, 2, 3, 4, 5, 6),
    new Float32Array(6).fill(-0.5),
    Float32Array.of(-0.5, -0.5, -0.5, 7, 8, 9),
  ];
  const rows = new ScoreRows();
  for (const scores of given) rows.add(scores, -0.5);
  const scratch = new Float32Array(6);
  for (const at of [2, 0, 3, 1, 0]) expect(rows.row(at, scratch)).toEqual(given[at]);
});

it("keeps what it was given when that changes", () => {
  const rows = new ScoreRows();
  const scores = Float32Array.of(1, 2);
  rows.add(scores, 0);
  scores.fill(9);
  expect(rows.row(0, new Float32Array(2))).toEqual(Float32Array.of(1, 2));
});
