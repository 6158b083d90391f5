import type { TrainingData } from "../data/training-data.js";

/** Amazon Personalize refuses to train below these. */
const MIN_INTERACTIONS = 1_000;
const MIN_USERS = 25;
/** Its field staff's rule for data that models can be good on. */
const MIN_ITEMS = 50;
/** Held-out cases below which a metric's standard error is larger than most differences between models. */
const MIN_CASES = 100;
/** Share of all interactions that no single user should have. */
const ONE_USER_SHARE = 0.2;
/** Share of interactions with the time of the one before, above which their order says little. */
const SAME_TIME_SHARE = 0.5;
/** Share of the catalogue that nobody has had, above which it is worth a word. */
const UNTOUCHED_SHARE = 0.5;

const percent = (share: number): string => `${Math.round(100 * share)} %`;
const many = (count: number, noun: string): string =>
  `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : noun.endsWith("s") ? "es" : "s"}`;

/** What there is of each user and item. */
function countsOf({ offsets, items, timestamps, userIds, itemIds }: TrainingData): {
  readonly returning: number;
  readonly active: number;
  readonly busiest: number;
  readonly touched: number;
  readonly sameTime: number;
} {
  const touched = new Uint8Array(itemIds.length);
  for (const item of items) touched[item] = 1;
  let returning = 0;
  let active = 0;
  let busiest = -1;
  let most = 0;
  let sameTime = 0;
  for (let user = 0; user < userIds.length; user++) {
    const [start, end] = [offsets[user]!, offsets[user + 1]!];
    if (end > start) active++;
    if (end - start >= 2) returning++;
    if (end - start > most) [busiest, most] = [user, end - start];
    for (let i = start + 1; i < end; i++) if (timestamps[i] === timestamps[i - 1]) sameTime++;
  }
  return { returning, active, busiest, touched: touched.reduce((sum, one) => sum + one, 0), sameTime };
}

/**
 * What of the data is too little, or odd, for a model or its metrics to mean much: plain sentences, each with what there is and
 * what would be enough. Training goes on all the same: a shop that opened yesterday gets what its data are good for.
 * @param cases questions that the held-out part can answer
 * @returns nothing when there is nothing to say
 */
export function dataWarnings(data: TrainingData, cases: number): string[] {
  const { items, offsets, userIds, itemIds } = data;
  const { returning, active, busiest, touched, sameTime } = countsOf(data);
  const warnings: string[] = [];
  if (items.length < MIN_INTERACTIONS) {
    warnings.push(
      `There are only ${many(items.length, "interaction")}. Below ${many(MIN_INTERACTIONS, "interaction")} much of what a model finds is chance.`,
    );
  }
  if (returning < MIN_USERS) {
    warnings.push(
      `Only ${many(returning, "user")} of ${active.toLocaleString("en")} ${returning === 1 ? "has" : "have"} two interactions or more, from which alone can be learned what goes with what; ${MIN_USERS} are the least that is worth it.`,
    );
  }
  if (touched < MIN_ITEMS) {
    warnings.push(
      `Only ${many(touched, "item")} had any interaction. With fewer than ${MIN_ITEMS} most lists hold nearly everything, and high metrics mean little.`,
    );
  }
  if (cases < MIN_CASES) {
    warnings.push(
      cases === 0
        ? "Nothing could be held out, so there are no metrics."
        : `The metrics rest on ${many(cases, "held-out case")}; below ${MIN_CASES} they can be far off.`,
    );
  }
  const most = busiest < 0 ? 0 : offsets[busiest + 1]! - offsets[busiest]!;
  if (active > 5 && most > ONE_USER_SHARE * items.length) {
    warnings.push(
      `User "${userIds[busiest]}" has ${percent(most / items.length)} of all interactions: a robot or a test account, perhaps, which the model follows.`,
    );
  }
  const followed = items.length - active;
  if (followed > 0 && sameTime > SAME_TIME_SHARE * followed) {
    warnings.push(
      `${percent(sameTime / followed)} of interactions have the same time as the user's one before, so that their order, which models learn from, is not known.`,
    );
  }
  if (itemIds.length > 0 && touched < (1 - UNTOUCHED_SHARE) * itemIds.length) {
    warnings.push(
      `Nobody has had ${many(itemIds.length - touched, "item")} of ${itemIds.length.toLocaleString("en")}; what a model learns from interactions says nothing about them.`,
    );
  }
  return warnings;
}
