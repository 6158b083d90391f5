import { Random } from "@palate/numeric";
import { finished } from "@palate/recipe";
import { expect, test } from "vitest";
import { bestUsers as inTurns } from "./best-users.js";

const bestUsers = (scores: Float32Array, limit: number) => finished(inTurns(scores, limit));

test("the highest scores first, equal ones by index, those without a score never", () => {
  const scores = Float32Array.of(1, Number.NaN, 3, -2, 3, 0);
  for (const limit of [4, 1_500]) {
    const { users, scores: found } = bestUsers(scores, limit);
    expect([...users]).toEqual([2, 4, 0, 5, 3].slice(0, limit));
    expect([...found]).toEqual([3, 3, 1, 0, -2].slice(0, limit));
  }
});

test("sorts long answers as a comparison would", () => {
  const random = new Random(1);
  const scores = Float32Array.from({ length: 20_000 }, (_, user) =>
    user % 17 === 0 ? Number.NaN : Math.round(random.normal() * 1000) / 10 ** random.integer(6),
  );
  const expected = [...scores.keys()]
    .filter((user) => !Number.isNaN(scores[user]!))
    .sort((a, b) => scores[b]! - scores[a]! || a - b);
  expect([...bestUsers(scores, 1_000_000).users]).toEqual(expected);
  expect([...bestUsers(scores, 5_000).users]).toEqual(expected.slice(0, 5_000));
  expect([...bestUsers(scores, 500).users]).toEqual(expected.slice(0, 500));
});

test("nobody has a score: nobody is found", () => {
  expect(bestUsers(new Float32Array(3).fill(Number.NaN), 2_000).users).toHaveLength(0);
  expect(bestUsers(new Float32Array(0), 10).users).toHaveLength(0);
});
