import { describe, expect, test } from "vitest";
import { replicaViewOf } from "../data/static-replica.js";
import { trainingDataOf } from "../data/training-rows.js";
import { evaluateSegments, mostActiveUsers } from "./evaluate-segments.js";
import { onePercentOf, SegmentAverages } from "./segment-metrics.js";
import { segmentSplit } from "./segment-split.js";

const rows = (user: string, items: string) => [...items].map((item, timestamp) => ({ user, item, timestamp }));

describe("the split of segments", () => {
  test("holds out the newest fifth of everybody, rounded up, and leaves single interactions alone", () => {
    const data = trainingDataOf([
      ...rows("ten", "abcdefghij"),
      ...rows("six", "abcdef"),
      ...rows("two", "ab"),
      ...rows("one", "a"),
    ]);
    const { fit, next } = segmentSplit(data);
    const lengths = ({ offsets }: { offsets: Int32Array }) =>
      Array.from(offsets.subarray(1), (end, k) => end - offsets[k]!);
    expect(lengths(fit)).toEqual([8, 4, 1, 1]);
    expect(lengths(next)).toEqual([2, 2, 1, 0]);
    expect(Array.from(next.items, (item) => next.itemIds[item])).toEqual(["i", "j", "e", "f", "b"]);
    expect([fit.userIds, next.itemIds]).toEqual([data.userIds, data.itemIds]);
  });
});

describe("metrics of segments", () => {
  test("one percent is rounded up, and never nothing", () => {
    expect([1, 99, 100, 101, 6040].map(onePercentOf)).toEqual([1, 1, 1, 2, 61]);
  });

  test("are averages over segments of hits, of hits by possible hits, and the share of users ever found", () => {
    const averages = new SegmentAverages(200); // So that two users count.
    averages.add(Int32Array.of(5, 6, 7), new Set([5, 7])); // 7 comes too late: one hit of two.
    averages.add(Int32Array.of(5, 8), new Set([5, 8, 9, 10])); // Both hit; more than two were not possible.
    expect(averages.result()).toEqual({ hits_at_1_percent: 1.5, recall_at_1_percent: 0.75, coverage: 3 / 200 });
  });

  test("have intervals over segments, further metrics included, and none for the share of users ever found", () => {
    const averages = new SegmentAverages(200);
    for (let k = 0; k < 50; k++) averages.add(Int32Array.of(5, 6), new Set([k % 2 === 0 ? 5 : 7]), { lift: 3 });
    const { metrics, details } = averages.evaluated(1);
    expect(metrics).toMatchObject({ hits_at_1_percent: 0.5, lift: 3 });
    expect(details.cases).toBe(50);
    expect(Object.keys(details.intervals).sort()).toEqual(["hits_at_1_percent", "lift", "recall_at_1_percent"]);
    const [low, high] = details.intervals["hits_at_1_percent"]!;
    // The standard error is √(0.25 / 50) = 0.0707, of which an interval spans 1.96 either way.
    expect(low).toBeCloseTo(0.5 - 1.96 * 0.0707, 1);
    expect(high).toBeCloseTo(0.5 + 1.96 * 0.0707, 1);
    expect(details.intervals["lift"]).toEqual([3, 3]);
  });

  test("of nothing are nothing", () => {
    expect(
      evaluateSegments(10, () => ({ users: Int32Array.of(1), scores: Float32Array.of(1), reason: "model" }), [])
        .metrics,
    ).toEqual({});
  });
});

test("the most active users come first, without owners when asked so, and without those who did nothing", () => {
  const replica = replicaViewOf(trainingDataOf([...rows("b", "xy"), ...rows("a", "xyz"), ...rows("c", "yz")]));
  const find = mostActiveUsers(replica);
  const ask = (item: string, excludeOwners: boolean, limit = 10) => {
    const query = { item: replica.itemIndex(item), attributes: "", segment: "", limit, excludeOwners, timestamp: 0 };
    return Array.from(find(query).users, (user) => replica.userId(user));
  };
  expect(ask("x", false)).toEqual(["a", "b", "c"]);
  expect(ask("x", true)).toEqual(["c"]);
  expect(ask("none", true, 2)).toEqual(["a", "b"]);
});
