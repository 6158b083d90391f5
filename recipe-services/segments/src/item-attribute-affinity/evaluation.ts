import {
  SegmentAverages,
  type AttributeColumn,
  type Evaluated,
  type FindUsers,
  type TrainingData,
} from "@palate/recipe";
import { segmentEvaluation } from "../segment-evaluation.js";
import { load } from "./serve.js";

/** Columns with more distinct values are not queried: they identify items rather than kinds of items. */
const MAX_VALUES = 100;
/** Default number of attributes that are queried. */
const MAX_ATTRIBUTES = 200;
/** A user has an affinity when the odds of a matching choice are at least this many times everybody's. */
const ODDS = 2;

interface AttributeCase {
  readonly attributes: string;
  /** Number of each user's held-out interactions with a matching item. */
  readonly matching: Int32Array;
  /** Share of everybody's interactions that are with a matching item. */
  readonly base: number;
  readonly truth: ReadonlySet<number>;
}

/** Items by value, for a column whose values items share; "a|b" is two values. */
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

function measure(
  find: FindUsers,
  cases: readonly AttributeCase[],
  { next, seed }: { next: TrainingData; seed: number },
): Evaluated {
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
 * Amazon Personalize's split for segments: each value of each column whose values items share is queried. A user has an affinity
 * in truth when the odds that one of their held-out interactions matches are at least twice everybody's. (Amazon's own reading,
 * whoever has a single matching interaction, is reported as `any_hits_at_1_percent`: where histories are long it measures
 * activity rather than preference.) `lift_at_1_percent` is how many times more often the held-out interactions of the found
 * users match than everybody's. The most active users are the baseline.
 */
export const evaluation = segmentEvaluation<AttributeCase>({ load, maximumCases: MAX_ATTRIBUTES, casesOf, measure });
