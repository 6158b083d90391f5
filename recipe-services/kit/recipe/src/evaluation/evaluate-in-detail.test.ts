import { expect, test } from "vitest";
import { replicaViewOf } from "../data/static-replica.js";
import { trainingDataOf, type InteractionRow } from "../data/training-rows.js";
import { evaluateInDetail } from "./evaluate-in-detail.js";
import { popularAnswers, evaluate, type Recommend } from "./evaluate.js";
import { compared } from "./evaluated.js";
import { amazonSplit, leaveOneOut, weighed } from "./splits.js";

/** Each word is a user; each letter an item visited in that order. Capitals are purchases of the same item. */
function walks(...words: string[]) {
  const rows = words.flatMap((word) =>
    [...word].map((letter, timestamp): InteractionRow => {
      const item = letter.toLowerCase();
      return { user: word, item, timestamp, eventType: letter === item ? "View" : "Purchase" };
    }),
  );
  return trainingDataOf(rows);
}

const data = walks("abcd", "bcda", "cdab", "abce");
const { fit, cases } = leaveOneOut(data);
const replica = replicaViewOf(fit);
const right: Recommend = ({ user, limit }) => {
  const truth = cases.find((one) => one.user === user)!.truth;
  const others = [...data.itemIds.keys()].filter((item) => !truth.includes(item));
  return { items: Int32Array.from([...truth, ...others].slice(0, limit)), scores: null };
};

test("has every metric of the quick evaluation with the same value, and says more", () => {
  const quick = evaluate(replica, right, cases);
  const { metrics, details } = evaluateInDetail(replica, right, cases);
  expect(metrics).toMatchObject(quick);
  expect(metrics).toMatchObject({ recall_at_5: 1, mean_average_precision_at_5: 1, mean_reciprocal_rank_at_25: 1 });
  // All five items are in everybody's first ten: each as often as the others, and each pair in everybody's list.
  expect(metrics["gini_at_10"]).toBeCloseTo(0, 12);
  expect(metrics["intra_list_diversity_at_10"]).toBeGreaterThan(0);
  expect(metrics["novelty_at_10"]).toBeGreaterThan(0);
  expect(details.cases).toBe(4);
  expect(details.intervals["precision_at_5"]).toEqual([0.2, 0.2]);
  expect(details.intervals["coverage"]).toBeUndefined();
  expect(details.quintiles.reduce((sum, { truths }) => sum + truths, 0)).toBe(4);
  expect(details.quintiles.every(({ truths, recallAt10 }) => recallAt10 === (truths > 0 ? 1 : 0))).toBe(true);
});

test("popularity bias is how much more popular the recommended is than what users chose", () => {
  const counts = replica.usersPerItem;
  const only =
    (item: number): Recommend =>
    () => ({ items: Int32Array.of(item), scores: null });
  const most = counts.indexOf(Math.max(...counts));
  const bias = (recommend: Recommend) => evaluateInDetail(replica, recommend, cases).metrics["popularity_bias_at_10"]!;
  const chosen = cases.map(({ user }) => {
    const { items } = replica.history(user);
    return items.reduce((sum, item) => sum + counts[item]!, 0) / items.length;
  });
  const usual = chosen.reduce((sum, value) => sum + value, 0) / chosen.length;
  expect(bias(only(most))).toBeCloseTo(counts[most]! / usual - 1, 12);
  expect(bias(only(data.itemIds.indexOf("e")))).toBe(-1);
});

test("lists that are empty lack what only items have, and count as misses", () => {
  const { metrics, details } = evaluateInDetail(replica, () => ({ items: new Int32Array(0), scores: null }), cases);
  expect(metrics).toMatchObject({ coverage: 0, recall_at_25: 0, gini_at_10: 0 });
  expect(metrics["novelty_at_10"]).toBeUndefined();
  expect(details.intervals["recall_at_25"]).toEqual([0, 0]);
  expect(evaluateInDetail(replica, right, []).metrics).toEqual({});
});

test("event weights say what a hit is worth", () => {
  // Twenty interactions, of which the newest two are held out: k bought after it was seen, l seen or turned down.
  const shop = walks("abcdefghijabcdefghKl");
  const rewards = (purchase: number, view: number) => {
    const weights = Float32Array.from(shop.eventTypes, (type) =>
      shop.eventTypeNames[type] === "Purchase" ? purchase : view,
    );
    return weighed(amazonSplit(shop, 1), { ...shop, weights }).cases.map((one) => [one.truth.length, one.rewards]);
  };
  expect(rewards(3, 1)).toEqual([[2, [3, 1]]]);
  expect(rewards(3, -1)).toEqual([[1, [3]]]);
  expect(rewards(-1, -1)).toEqual([]);
  expect(weighed(amazonSplit(shop, 1), shop).cases[0]!.rewards).toBeUndefined();
  const truth = [shop.itemIds.indexOf("k"), shop.itemIds.indexOf("l")];
  const one = { user: 0, truth, rewards: [3, 1], timestamp: 0 };
  const inPlace =
    (...items: number[]): Recommend =>
    () => ({ items: Int32Array.from(items), scores: null });
  const ndcg = (recommend: Recommend) =>
    evaluateInDetail(replicaViewOf(shop), recommend, [one]).metrics[
      "normalized_discounted_cumulative_gain_with_event_weights_at_5"
    ];
  expect(ndcg(inPlace(truth[0]!, truth[1]!))).toBe(1);
  expect(ndcg(inPlace(truth[0]!))).toBeCloseTo(3 / (3 + 1 / Math.log2(3)), 12);
  expect(ndcg(inPlace(truth[1]!))).toBeCloseTo(1 / (3 + 1 / Math.log2(3)), 12);
});

test("rewards say what a hit earns", () => {
  const rewards = data.itemIds.map((id) => (id === "d" ? 5 : id === "a" ? -2 : Number.NaN));
  const { metrics } = evaluateInDetail(replica, right, cases, { rewards });
  // Only the user whose next item was d could earn anything.
  expect(metrics["average_rewards_at_k"]).toBe(1);
  expect(evaluateInDetail(replica, popularAnswers(replica), cases).metrics["average_rewards_at_k"]).toBeUndefined();
});

test("a model beside the baseline: differences case by case", () => {
  const model = evaluateInDetail(replica, right, cases);
  const baseline = evaluateInDetail(replica, () => ({ items: new Int32Array(0), scores: null }), cases);
  const { differences, details, baselineDetails } = compared(model, baseline, 1);
  expect(differences!["mean_reciprocal_rank_at_25"]).toEqual([1, 1]);
  expect([details!.cases, baselineDetails!.cases]).toEqual([4, 4]);
});
