import { invalidArgument } from "@palate/host";
import { Random } from "@palate/numeric";
import { contextAt, filterInteractions, type TrainingData } from "../data/training-data.js";
import { sample } from "./sample.js";

/** One question of an evaluation: what did this user do next? */
export interface EvaluationCase {
  /** The user's index in the data. */
  readonly user: number;
  /** Different items the user went on to interact with, in order of their first appearance. Never empty. */
  readonly truth: readonly number[];
  /** Reward of each of `truth`, where event types have weights; absent: all the same. */
  readonly rewards?: readonly number[];
  /** Unix time in seconds of the first of them: when the recommendation would have been asked for. */
  readonly timestamp: number;
  /** The context in which they did so, by column, as a request would give it; absent where none is known. */
  readonly context?: Readonly<Record<string, string>>;
}

/** Interactions divided into what models may learn from and what they are asked about. */
export interface EvaluationSplit {
  /** What a model may be fitted on; same users and items as the whole, same indices. */
  readonly fit: TrainingData;
  /** What is known of each user when the question is asked. The same as `fit` unless the split is by time. */
  readonly histories: TrainingData;
  /** The questions, by growing user index. */
  readonly cases: readonly EvaluationCase[];
}

/** Splits each chosen user's row in two; `keepOf` says how many of its interactions stay. */
function holdOut(data: TrainingData, users: readonly number[], keepOf: (length: number) => number): EvaluationSplit {
  // Where each user's held-out interactions begin; Infinity where none is held out.
  const from = new Float64Array(data.userIds.length).fill(Infinity);
  const cases = users.map((user) => {
    const start = data.offsets[user]!;
    const end = data.offsets[user + 1]!;
    const first = start + keepOf(end - start);
    from[user] = first;
    const context = contextAt(data, first);
    const truth = [...new Set(data.items.subarray(first, end))];
    return { user, truth, timestamp: data.timestamps[first]!, ...(context && { context }) };
  });
  const fit = filterInteractions(data, (interaction, user) => interaction < from[user]!);
  return { fit, histories: fit, cases };
}

/** Users with at least `minimum` interactions. */
function usersWith(data: TrainingData, minimum: number): number[] {
  const users: number[] = [];
  for (let user = 0; user < data.userIds.length; user++)
    if (data.offsets[user + 1]! - data.offsets[user]! >= minimum) users.push(user);
  return users;
}

/**
 * Amazon Personalize's split: 10 % of the users, drawn at random, are test users; the oldest 90 % of a test user's
 * interactions are the input, the newest 10 % (rounded up, so at least one) the truth. Users with fewer than two
 * interactions are never drawn, so that input is never empty; where anyone may be drawn, at least one is.
 * @param seed of the draw
 */
export function amazonSplit(data: TrainingData, seed: number): EvaluationSplit {
  const eligible = usersWith(data, 2);
  const count = Math.max(1, Math.round(eligible.length / 10));
  return holdOut(data, sample(eligible, count, new Random(seed)), (length) => length - Math.ceil(length / 10));
}

/**
 * Leave-one-out, as in the sequential recommendation papers: the last interaction of every user with at least three is
 * the truth, everything else the input.
 */
export function leaveOneOut(data: TrainingData): EvaluationSplit {
  return holdOut(data, usersWith(data, 3), (length) => length - 1);
}

/** Value at `quantile` with linear interpolation between neighbours. */
function quantileOf(values: Float64Array, quantile: number): number {
  const sorted = values.slice().sort();
  const position = quantile * (sorted.length - 1);
  const low = Math.floor(position);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (sorted[high]! - sorted[low]!) * (position - low);
}

/**
 * Global temporal split with the last item as target ("GTS last" of arXiv 2507.16289). Models learn from everything up
 * to one moment, the given quantile of all timestamps; every user active after it, with at least two interactions, is
 * asked for their very last interaction, given all their earlier ones, those after the moment included. Unlike
 * leave-one-out it lets no model see the future of anybody.
 * @param quantile share of all interactions to learn from, above 0 and below 1
 */
export function temporalSplit(data: TrainingData, quantile = 0.9): EvaluationSplit {
  if (!(quantile > 0 && quantile < 1))
    throw invalidArgument(`The quantile of a temporal split must lie between 0 and 1, not ${quantile}.`);
  const moment = data.timestamps.length > 0 ? quantileOf(data.timestamps, quantile) : Infinity;
  const active = usersWith(data, 2).filter((user) => data.timestamps[data.offsets[user + 1]! - 1]! > moment);
  const { histories, cases } = holdOut(data, active, (length) => length - 1);
  return { fit: filterInteractions(histories, (i) => histories.timestamps[i]! <= moment), histories, cases };
}

/**
 * The same split with a reward for each true item, where the data's events have weights: the highest weight of a held-out
 * event with the item; weights are 1 on average. Items that the user only turned down are not true, and cases without any
 * true item are left out.
 * @param data what was split
 */
export function weighed(split: EvaluationSplit, data: TrainingData): EvaluationSplit {
  const { weights } = data;
  if (weights === undefined) return split;
  const cases = split.cases.flatMap((one): EvaluationCase[] => {
    const rewardOf = new Map<number, number>();
    const end = data.offsets[one.user + 1]!;
    const known = split.histories.offsets[one.user + 1]! - split.histories.offsets[one.user]!;
    for (let i = data.offsets[one.user]! + known; i < end; i++)
      rewardOf.set(data.items[i]!, Math.max(weights[i]!, rewardOf.get(data.items[i]!) ?? 0));
    const truth = one.truth.filter((item) => rewardOf.get(item)! > 0);
    return truth.length === 0 ? [] : [{ ...one, truth, rewards: truth.map((item) => rewardOf.get(item)!) }];
  });
  return { ...split, cases };
}
