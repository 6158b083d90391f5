import { expect, test } from "vitest";
import type { RankedItems } from "../contract/ranked-items.js";
import { countUsersPerItem, replicaViewOf } from "../data/static-replica.js";
import { trainingDataOf } from "../data/training-rows.js";
import { evaluate, popularityMetrics } from "./evaluate.js";
import { leaveOneOut } from "./splits.js";

/** Each word is a user; each letter an item visited in that order. */
function walks(...words: string[]) {
  return trainingDataOf(words.flatMap((word) => [...word].map((item, timestamp) => ({ user: word, item, timestamp }))));
}

const answer = (items: number[], scores: number[] | null = null): RankedItems => ({
  items: Int32Array.from(items),
  scores: scores === null ? null : Float32Array.from(scores),
});

test("asks for each user with the last item of the history, and marks seen items only when asked to", () => {
  const { fit, cases } = leaveOneOut(walks("abcd", "bcda"));
  const replica = replicaViewOf(fit);
  const asked: { user: number; item: number; excluded: number[]; timestamp: number }[] = [];
  const note = (excludeSeen: boolean, requestTime: "history" | "truth") => {
    asked.length = 0;
    evaluate(
      replica,
      ({ user, item, excluded, timestamp }) => {
        asked.push({ user, item, excluded: [...excluded], timestamp });
        return answer([]);
      },
      cases,
      { excludeSeen, requestTime },
    );
    return [...asked];
  };
  expect(note(true, "history")).toEqual([
    { user: 0, item: 2, excluded: [1, 1, 1, 0], timestamp: 2 },
    { user: 1, item: 3, excluded: [0, 1, 1, 1], timestamp: 2 },
  ]);
  expect(note(false, "truth").map(({ excluded, timestamp }) => [excluded, timestamp])).toEqual([
    [[0, 0, 0, 0], 3],
    [[0, 0, 0, 0], 3],
  ]);
});

test("metrics and coverage of known answers", () => {
  const { fit, cases } = leaveOneOut(walks("abcd", "bcda"));
  // The truths are d (index 3) and a (index 0); everybody gets c, then d.
  const metrics = evaluate(replicaViewOf(fit), () => answer([2, 3]), cases);
  expect(metrics["hit_rate_at_5"]).toBe(0.5);
  expect(metrics["mean_reciprocal_rank_at_25"]).toBe(0.25);
  expect(metrics["normalized_discounted_cumulative_gain_at_5"]).toBeCloseTo(0.5 / Math.log2(3), 12);
  expect(metrics["coverage"]).toBe(0.5);
});

test("a true item is last among its equals when ties count against the model", () => {
  const { fit, cases } = leaveOneOut(walks("abcd"));
  const recommend = () => answer([3, 0, 1, 2], [2, 2, 2, 1]);
  const rank = (tiesAgainst: boolean) =>
    evaluate(replicaViewOf(fit), recommend, cases, { tiesAgainst })["mean_reciprocal_rank_at_25"];
  expect(rank(false)).toBe(1);
  expect(rank(true)).toBeCloseTo(1 / 3, 12);
});

test("at most the asked number of cases is evaluated", () => {
  const { fit, cases } = leaveOneOut(walks("abc", "bca", "cab", "acb"));
  let asked = 0;
  const count = () => {
    asked++;
    return answer([]);
  };
  evaluate(replicaViewOf(fit), count, cases, { maximumCases: 3 });
  expect(asked).toBe(3);
});

test("popularity recommends by number of users, not of interactions", () => {
  // In what is left after holding out: a by three users, b by one user four times.
  const { fit, cases } = leaveOneOut(walks("bbbba", "cac", "dad", "eae"));
  expect([...countUsersPerItem(fit)]).toEqual([1, 3, 1, 1, 1]);
  const metrics = popularityMetrics(fit, cases);
  expect(metrics["hit_rate_at_5"]).toBe(1);
  expect(metrics["mean_reciprocal_rank_at_25"]).toBeCloseTo((1 + 1 / 3 + 1 / 4 + 1 / 5) / 4, 12);
});

test("no cases, no metrics", () => {
  expect(popularityMetrics(walks("ab"), [])).toEqual({});
});
