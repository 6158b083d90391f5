import type { Random } from "@palate/numeric";
import type { TrainingData } from "../data/training-data.js";
import type { EvaluationCase } from "./splits.js";

/** Where the other items of a list come from: as popular items as most lists hold, or any items of the catalogue. */
export type ListSource = "popularity" | "uniform";

/** A list such as a caller might send, with the item that the user really chose among others that they had not had. */
export interface CandidateList {
  readonly user: number;
  /** Items, each once; the one chosen stands last, so that a model that gives all the same score gains nothing. */
  readonly items: Int32Array;
  /** Unix time in seconds at which it was chosen. */
  readonly timestamp: number;
  /** The context in which the choice was made, by column; absent where none is known. */
  readonly context?: Readonly<Record<string, string>>;
}

/** Draws for each item that was wanted before what is left is taken in order of the catalogue. */
const TRIES = 50;

/** How often each item is drawn in relation to others: by its interactions, or once each. */
function chancesOf({ items, itemIds }: TrainingData, source: ListSource): Float64Array {
  const chances = new Float64Array(itemIds.length);
  if (source === "uniform") return chances.fill(1);
  for (const item of items) chances[item]!++;
  return chances;
}

/**
 * Lists to measure or fit rankings with, one for each case: the first item that the user went on to, among `others` different
 * items that the user never had, drawn at random. Shorter where the catalogue does not hold so many.
 * @param histories what is known of each user when asked; what popularity is counted from
 * @param others items besides the true one
 */
export function candidateLists(
  histories: TrainingData,
  cases: readonly EvaluationCase[],
  others: number,
  source: ListSource,
  random: Random,
): CandidateList[] {
  const chances = chancesOf(histories, source);
  const upTo = new Float64Array(chances.length + 1);
  chances.forEach((chance, item) => (upTo[item + 1] = upTo[item]! + chance));
  const total = upTo[chances.length]!;
  const draw = (): number => {
    const at = random.uniform() * total;
    let low = 0;
    let high = chances.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (upTo[middle + 1]! <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return cases.map(({ user, truth, timestamp, context }) => {
    const taken = new Set(histories.items.subarray(histories.offsets[user], histories.offsets[user + 1]));
    for (const item of truth) taken.add(item);
    const drawn: number[] = [];
    for (let tries = 0; drawn.length < others && tries < TRIES * others; tries++) {
      const item = draw();
      if (taken.has(item)) continue;
      taken.add(item);
      drawn.push(item);
    }
    // A catalogue with hardly anything left: what there is, without drawing on.
    for (let item = 0; drawn.length < others && item < chances.length; item++)
      if (!taken.has(item) && chances[item]! > 0) drawn.push(item);
    return { user, items: Int32Array.of(...drawn, truth[0]!), timestamp, ...(context && { context }) };
  });
}
