import { Random } from "@palate/numeric";
import {
  compared,
  finished,
  mostActiveUsers,
  replicaViewOf,
  sample,
  SegmentAverages,
  segmentSplit,
  type AttributeColumn,
  type Evaluated,
  type Evaluation,
  type FindUsers,
  type TrainingData,
} from "@palate/recipe";
import { load } from "./serve.js";

/** Columns with more different values than this are not asked about: they tell items apart rather than kinds of them. */
const MAX_VALUES = 100;
/** Attributes asked for unless told otherwise. */
const MAX_ATTRIBUTES = 200;
/** A user has an affinity when the odds of a matching choice are at least this many times everybody's. */
const ODDS = 2;

interface AttributeCase {
  readonly attributes: string;
  /** Number of each user's held-out interactions with a matching item. */
  readonly matching: Int32Array;
  /** Share of matching items among what everybody did. */
  readonly base: number;
  readonly truth: ReadonlySet<number>;
}

/** Items by value, where a column's values are shared by items; "a|b" is two values. */
function itemsByValue(column: AttributeColumn): Map<string, Set<number>> {
  const byValue = new Map<string, Set<number>>();
  column.forEach((value, item) => {
    if (typeof value !== "string") return;
    for (const part of value.split("|")) {
      const items = byValue.get(part);
      if (items === undefined) byValue.set(part, new Set([item]));
      else items.add(item);
    }
  });
  return byValue.size > MAX_VALUES || byValue.size * 2 > column.length ? new Map<string, Set<number>>() : byValue;
}

function caseOf(attributes: string, items: ReadonlySet<number>, fit: TrainingData, next: TrainingData): AttributeCase {
  const matching = new Int32Array(next.userIds.length);
  let chosen = 0;
  for (const item of fit.items) if (items.has(item)) chosen++;
  const base = chosen / fit.items.length;
  const truth = new Set<number>();
  for (let user = 0; user < matching.length; user++) {
    const theirs = next.items.subarray(next.offsets[user], next.offsets[user + 1]);
    for (const item of theirs) if (items.has(item)) matching[user]!++;
    const others = theirs.length - matching[user]!;
    if (matching[user]! > 0 && matching[user]! * (1 - base) >= ODDS * base * others) truth.add(user);
  }
  return { attributes, matching, base, truth };
}

function casesOf(fit: TrainingData, next: TrainingData): AttributeCase[] {
  const quoted = (value: string) => `"${value.replaceAll(/["\\]/g, "\\$&")}"`;
  return Object.entries(next.itemAttributes).flatMap(([column, values]) =>
    [...itemsByValue(values)].flatMap(([value, items]) => {
      const one = caseOf(`ITEMS.${column} = ${quoted(value)}`, items, fit, next);
      return one.truth.size > 0 && one.base > 0 && one.base < 1 ? [one] : [];
    }),
  );
}

function measure(next: TrainingData, find: FindUsers, cases: readonly AttributeCase[], seed: number): Evaluated {
  const averages = new SegmentAverages(next.userIds.length);
  for (const { attributes, matching, base, truth } of cases) {
    const query = { item: -1, attributes, segment: "", limit: averages.length, excludeOwners: false, timestamp: 0 };
    const { users } = find(query);
    let theirs = 0;
    let chosen = 0;
    let anyHits = 0;
    for (const user of users) {
      theirs += next.offsets[user + 1]! - next.offsets[user]!;
      chosen += matching[user]!;
      if (matching[user]! > 0) anyHits++;
    }
    averages.add(users, truth, {
      lift_at_1_percent: theirs === 0 ? 0 : chosen / theirs / base,
      any_hits_at_1_percent: anyHits,
    });
  }
  return averages.evaluated(seed);
}

/**
 * Amazon Personalize's split for segments: the newest 20 % of everybody's interactions are held out; each value of each
 * column whose values items share is asked for. Who has an affinity in truth is read from what they did next: the odds
 * that it matches are at least twice everybody's. (Whoever has a single matching interaction, Amazon's own reading, is
 * given as `any_hits_at_1_percent`: where histories are long it says who is active and nothing about taste.)
 * `lift_at_1_percent` is how many times as often what the found users did next matches as what everybody did. The most
 * active users are the baseline.
 */
export const evaluation: Evaluation = {
  primaryMetric: "recall_at_1_percent",
  baseline: "the most active users",
  holdOut(data, { seed, maximumCases = MAX_ATTRIBUTES }) {
    const { fit, next } = segmentSplit(data);
    const cases = sample(casesOf(fit, next), maximumCases, new Random(seed));
    const replica = replicaViewOf(fit);
    let baseline: Evaluated | undefined;
    return {
      fit,
      cases: cases.length,
      measure(artifact) {
        const model = load(artifact, replica);
        baseline ??= measure(next, mostActiveUsers(replica), cases, seed);
        return compared(
          measure(next, (query) => finished(model.segment(query)), cases, seed),
          baseline,
          seed,
        );
      },
    };
  },
};
