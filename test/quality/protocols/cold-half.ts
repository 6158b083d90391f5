import { Random } from "@palate/numeric";
import {
  amazonSplit,
  answersOf,
  compared,
  evaluate,
  evaluateInDetail,
  filterInteractions,
  isItemRecipe,
  replicaViewOf,
  sample,
  type Artifact,
  type EvaluationCase,
  type EvaluationOptions,
  type EvaluationSplit,
  type ItemRecipe,
  type Measured,
  type RankedItems,
  type Recommend,
  type TrainingData,
} from "@palate/recipe";
import { describeData } from "../load-folder.js";
import { measureTraining } from "../measure.js";
import type { Protocol } from "../protocol.js";
import { train } from "../train.js";
import { ITEM_COLUMNS } from "./next-items.js";

const USERS = 1000;
/** Length of the answers that ties are looked for in. */
export const TIED = 1000;

/** A split in which half of the items are new. */
export interface ColdSplit extends EvaluationSplit {
  /** 1 for items whose interactions are all held out, 0 for the others. */
  readonly cold: Uint8Array;
}

/**
 * Takes all interactions with a random half of the items away; of a thousand random users who had one of these, they are
 * the truth.
 */
export function coldHalf(data: TrainingData, seed: number): ColdSplit {
  const random = new Random(seed);
  const had = new Uint8Array(data.itemIds.length);
  for (const item of data.items) had[item] = 1;
  const items = Int32Array.from(had.keys()).filter((item) => had[item] === 1);
  const cold = new Uint8Array(data.itemIds.length);
  for (const item of random.shuffle(items).subarray(0, items.length >> 1)) cold[item] = 1;
  const all: EvaluationCase[] = [];
  for (let user = 0; user < data.userIds.length; user++) {
    const places = Array.from(
      { length: data.offsets[user + 1]! - data.offsets[user]! },
      (_, k) => data.offsets[user]! + k,
    );
    const own = places.filter((place) => cold[data.items[place]!] === 1);
    if (own.length === 0 || own.length === places.length) continue;
    const truth = [...new Set(own.map((place) => data.items[place]!))];
    all.push({ user, truth, timestamp: data.timestamps[own[0]!]! });
  }
  const fit = filterInteractions(data, (interaction) => cold[data.items[interaction]!] === 0);
  return { fit, histories: fit, cases: sample(all, USERS, random), cold };
}

/** A random order of what may be recommended. */
export function randomAnswers(itemCount: number, seed: number): Recommend {
  const random = new Random(seed);
  return ({ excluded, limit }) => {
    const left = Int32Array.from({ length: itemCount }, (_, item) => item).filter((item) => excluded[item] !== 1);
    return { items: random.shuffle(left).slice(0, limit), scores: null };
  };
}

/**
 * The first of an answer, items of equal scores in random order: items of the same metadata have no order that means
 * anything, and that in which the data lists them would help or harm by chance.
 */
export function tiesShuffled({ items, scores }: RankedItems, limit: number, random: Random): RankedItems {
  if (scores === null) return { items: items.subarray(0, limit), scores };
  const mixed = items.slice();
  for (let start = 0; start < Math.min(limit, items.length);) {
    let end = start + 1;
    while (end < items.length && scores[end] === scores[start]) end++;
    random.shuffle(mixed.subarray(start, end));
    start = end;
  }
  return { items: mixed.subarray(0, limit), scores: scores.subarray(0, limit) };
}

/** How well items are recommended that nobody has had yet. */
export const coldHalfProtocol: Protocol<ItemRecipe> = {
  name: "cold-half",
  description:
    "learns all but every interaction with a random half of the items; asked which of these 1,000 users had, by metadata alone; equal scores in random order",
  needsData: true,
  defaults: { minItemInteractions: 0 },
  columns: ITEM_COLUMNS,
  fits: isItemRecipe,
  async run(recipe, { options, dataset, say }) {
    const { name, data } = await dataset();
    const { fit, histories, cases, cold } = coldHalf(data, options.seed);
    if (cases.length === 0) throw new Error(`${options.data} has no user that cold-half can ask about.`);
    const training = await train(recipe, { fit, held: amazonSplit(fit, options.seed).fit }, options, say);
    const replica = replicaViewOf(histories, fit);
    const asked: EvaluationOptions = { maximumCases: Infinity, requestTime: options.requestTime };
    const among = (answers: Recommend): Recommend => {
      const excluded = Uint8Array.from({ length: replica.itemCount }, (_, item) => 1 - (cold[item] ?? 0));
      const random = new Random(options.seed);
      return (query) => tiesShuffled(answers({ ...query, excluded, limit: TIED }), query.limit, random);
    };
    const measure = (artifact: Artifact, last: boolean): Measured => {
      const answers = among(answersOf(recipe, artifact, replica, histories));
      if (!last) return { metrics: evaluate(replica, answers, cases, asked), baseline: {} };
      const random = evaluateInDetail(replica, among(randomAnswers(replica.itemCount, options.seed)), cases, asked);
      return compared(evaluateInDetail(replica, answers, cases, asked), random, options.seed);
    };
    const columns = Object.keys(data.itemAttributes).join(", ") || "none";
    return {
      ...measureTraining(recipe, training, measure, "random", say),
      data: describeData(name, data, options.minItemInteractions),
      asked: `${cases.length} users, ranked among the items without interactions, whose columns are ${columns}`,
      cases: cases.length,
    };
  },
};
