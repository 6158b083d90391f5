import { filterInteractions, sample, type TrainingData } from "@palate/kit/recipe";
import { Random } from "@palate/kit/tensor";
import { expandedVector } from "./item-space.js";
import { countsShare, fitParts, itemVectors, type Blend, type Parts } from "./model.js";
import type { SimilarItemsOptions } from "./recipe.js";

/** Held-out questions that a choice is made by, at most. */
const MOST_QUESTIONS = 3000;
/** Multiplications for all questions of a choice, at most; large catalogues are asked less. */
const MOST_WORK = 6e9;
/** Fewer questions tell nothing, and the first choices stand. */
const FEWEST_QUESTIONS = 20;
/** One item in so many is taken for a new one when what metadata are worth is chosen. */
const FORGOTTEN = 5;
const CONTENT_SHARES = [0.1, 0.3, 0.5, 0.7, 0.9] as const;
const EXPANSIONS = [0, 0.5, 1] as const;
const COUNTS = [1, 0.98, 0.95, 0.9, 0.8, 0.6, 0.4] as const;
/** Where there is too little to choose by: mostly counts, metadata as good as what they map to. */
export const DEFAULT_BLEND: Blend = { counts: 0.9, contentShare: 0.5, expansion: 0 };

/** What followed an item: the question and its answer. */
interface Question {
  readonly from: number;
  readonly to: number;
  /** What the user had before, which is no answer. */
  readonly seen: Int32Array;
}

/** The last step of each user's history, which is then left out of it. */
function holdOutLast(data: TrainingData): { fit: TrainingData; questions: Question[] } {
  const questions: Question[] = [];
  for (let user = 0; user + 1 < data.offsets.length; user++) {
    const begin = data.offsets[user]!;
    const end = data.offsets[user + 1]!;
    if (end - begin < 3) continue;
    const seen = data.items.subarray(begin, end - 1);
    if (!seen.includes(data.items[end - 1]!)) questions.push({ from: seen.at(-1)!, to: data.items[end - 1]!, seen });
  }
  const fit = filterInteractions(
    data,
    (i, user) => i < data.offsets[user + 1]! - 1 || data.offsets[user + 1]! - data.offsets[user]! < 3,
  );
  return { fit, questions };
}

/** NDCG@10 of an answer with one right item, which is the rank-th of those not seen. */
function gainAt(scores: Float32Array, { to, from, seen }: Question, candidate: (item: number) => boolean): number {
  const score = scores[to]!;
  const hidden = new Set(seen).add(from);
  let above = 0;
  for (let item = 0; item < scores.length && above < 10; item++)
    if (item !== to && scores[item]! >= score && candidate(item) && !hidden.has(item)) above++;
  return above < 10 ? 1 / Math.log2(above + 2) : 0;
}

/** Dot products of the vector that an item is asked with and every `step`-th item's. */
function scan(parts: Parts, vectors: Float32Array, expansion: number, item: number, out: Float32Array, step = 1): void {
  const { offsets, items, scores } = parts.similar;
  const width = vectors.length / parts.counts.length;
  const [begin, end] = [offsets[item], offsets[item + 1]];
  const followers = { items: items.subarray(begin, end), scores: scores.subarray(begin, end) };
  const own = expandedVector(
    vectors.subarray(item * width, (item + 1) * width),
    expansion,
    followers,
    (other, weight, to) => {
      for (let d = 0; d < width; d++) to[d]! += weight * vectors[other * width + d]!;
    },
  );
  for (let other = 0; other < out.length; other += step) {
    let sum = 0;
    for (let d = 0, at = other * width; d < width; d++, at++) sum += own[d]! * vectors[at]!;
    out[other] = sum;
  }
}

/** A share of metadata and an expansion. */
type Likeness = Pick<Blend, "contentShare" | "expansion">;

/**
 * What metadata are worth by themselves, and what follows an item: chosen on items taken for new ones, among which the right
 * one is to be found. Only items that are not taken for new follow any.
 */
function* chooseLikeness(parts: Parts, questions: readonly Question[]): Generator<number, Likeness> {
  const forgotten = (item: number): boolean => item % FORGOTTEN === 0;
  const asked = questions.filter(({ from, to }) => forgotten(to) && !forgotten(from));
  let best: Likeness = DEFAULT_BLEND;
  if (asked.length < FEWEST_QUESTIONS || parts.space.map === null) return best;
  let most = -1;
  const scores = new Float32Array(parts.counts.length);
  for (const [at, contentShare] of CONTENT_SHARES.entries()) {
    const vectors = itemVectors(parts, contentShare, forgotten);
    for (const expansion of EXPANSIONS) {
      let gain = 0;
      for (const question of asked) {
        scan(parts, vectors, expansion, question.from, scores, FORGOTTEN);
        gain += gainAt(scores, question, forgotten);
        yield at / CONTENT_SHARES.length;
      }
      if (gain > most) [most, best] = [gain, { contentShare, expansion }];
    }
  }
  return best;
}

/** How much counts are worth beside likeness: chosen on the whole catalogue. */
function* chooseCounts(parts: Parts, questions: readonly Question[], likeness: Likeness): Generator<number, number> {
  if (questions.length < FEWEST_QUESTIONS) return DEFAULT_BLEND.counts;
  const { similar, counts, space } = parts;
  const vectors = itemVectors(parts, likeness.contentShare);
  const alike = new Float32Array(counts.length);
  const scores = new Float32Array(counts.length);
  const gains = new Float64Array(COUNTS.length);
  for (const [at, question] of questions.entries()) {
    scan(parts, vectors, likeness.expansion, question.from, alike);
    const begin = similar.offsets[question.from]!;
    const end = similar.offsets[question.from + 1]!;
    COUNTS.forEach((choice, k) => {
      const share = countsShare(counts[question.from]!, space.coldInteractions, { counts: choice });
      for (let item = 0; item < scores.length; item++) scores[item] = (1 - share) * alike[item]!;
      for (let n = begin; n < end; n++)
        scores[similar.items[n]!]! += (share * similar.scores[n]!) / similar.scores[begin]!;
      gains[k]! += gainAt(scores, question, () => true);
    });
    yield at / questions.length;
  }
  return COUNTS[gains.indexOf(Math.max(...gains))]!;
}

/**
 * Chooses by validation: every user's last interaction is held out, a model is fitted on the rest, and the blend that
 * tells the held-out ones best from the item before is taken.
 * @returns yields the share done
 */
export function* chooseBlend(data: TrainingData, options: SimilarItemsOptions, seed: number): Generator<number, Blend> {
  const { fit, questions } = holdOutLast(data);
  if (questions.length < FEWEST_QUESTIONS) return DEFAULT_BLEND;
  const work = fitParts(fit, options, seed, (item) => item % FORGOTTEN !== 0);
  let parts: Parts | undefined;
  while (parts === undefined) {
    const step = work.next();
    if (step.done) parts = step.value;
    else yield 0.5 * step.value;
  }
  const width = parts.space.idDimensions + parts.space.contentDimensions;
  const affordable = Math.min(MOST_QUESTIONS, Math.floor(MOST_WORK / (parts.counts.length * width)));
  const coldAffordable = Math.floor((affordable * FORGOTTEN) / (CONTENT_SHARES.length * EXPANSIONS.length));
  const random = new Random(seed);
  const asked = sample(questions, Math.max(FEWEST_QUESTIONS, affordable), random);
  const cold = questions.filter(({ from, to }) => to % FORGOTTEN === 0 && from % FORGOTTEN !== 0);
  yield 0.5;
  const likeness = yield* chooseLikeness(parts, sample(cold, Math.max(FEWEST_QUESTIONS, coldAffordable), random));
  yield 0.75;
  return { ...likeness, counts: yield* chooseCounts(parts, asked, likeness) };
}
