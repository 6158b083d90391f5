import { filterInteractions, sample, type TrainingData } from "@palate/kit/recipe";
import { Random } from "@palate/kit/tensor";
import { countsShare, fitParts, itemVectors, type Blend, type Parts } from "./model.js";
import type { SimilarItemsOptions } from "./recipe.js";

/** Held-out questions that a choice is made by, at most. */
const MOST_QUESTIONS = 1500;
/** Multiplications for all questions, at most; large catalogues are asked less. */
const MOST_WORK = 4e9;
/** Fewer questions tell nothing, and the first choices stand. */
const FEWEST_QUESTIONS = 20;
/** One item in so many is taken for a new one when what metadata are worth is chosen. */
const FORGOTTEN = 5;
const CONTENT_SHARES = [0.1, 0.3, 0.5, 0.7, 0.9] as const;
const COUNTS = [1, 0.98, 0.95, 0.9, 0.8, 0.6, 0.4] as const;
/** Where there is too little to choose by: mostly counts, metadata as good as what they map to. */
export const DEFAULT_BLEND: Blend = { counts: 0.9, contentShare: 0.5 };

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

/** Dot products of an item's vector with all others'. */
function scan(vectors: Float32Array, width: number, item: number, out: Float32Array): void {
  const own = vectors.subarray(item * width, (item + 1) * width);
  for (let other = 0; other < out.length; other++) {
    let sum = 0;
    for (let d = 0, at = other * width; d < width; d++, at++) sum += own[d]! * vectors[at]!;
    out[other] = sum;
  }
}

/** What metadata are worth by themselves: chosen on items taken for new ones, among which the right one is to be found. */
function* chooseContentShare(parts: Parts, questions: readonly Question[]): Generator<number, number> {
  const width = parts.space.idDimensions + parts.space.contentDimensions;
  const forgotten = (item: number): boolean => item % FORGOTTEN === 0;
  const asked = questions.filter(({ from, to }) => forgotten(to) && !forgotten(from));
  if (asked.length < FEWEST_QUESTIONS || parts.space.map === null) return DEFAULT_BLEND.contentShare;
  let best: number = DEFAULT_BLEND.contentShare;
  let most = -1;
  const scores = new Float32Array(parts.counts.length);
  for (const [at, share] of CONTENT_SHARES.entries()) {
    const vectors = itemVectors(parts, share, forgotten);
    let gain = 0;
    for (const question of asked) {
      scan(vectors, width, question.from, scores);
      gain += gainAt(scores, question, forgotten);
      yield at / CONTENT_SHARES.length;
    }
    if (gain > most) [most, best] = [gain, share];
  }
  return best;
}

/** How much counts are worth beside likeness: chosen on the whole catalogue. */
function* chooseCounts(parts: Parts, questions: readonly Question[], contentShare: number): Generator<number, number> {
  if (questions.length < FEWEST_QUESTIONS) return DEFAULT_BLEND.counts;
  const { similar, counts, space } = parts;
  const width = space.idDimensions + space.contentDimensions;
  const vectors = itemVectors(parts, contentShare);
  const alike = new Float32Array(counts.length);
  const scores = new Float32Array(counts.length);
  const gains = new Float64Array(COUNTS.length);
  for (const [at, question] of questions.entries()) {
    scan(vectors, width, question.from, alike);
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
  const affordable = Math.floor(MOST_WORK / (parts.counts.length * width * (CONTENT_SHARES.length + 1)));
  const random = new Random(seed);
  const asked = sample(questions, Math.max(FEWEST_QUESTIONS, Math.min(MOST_QUESTIONS, affordable)), random);
  const cold = questions.filter(({ from, to }) => to % FORGOTTEN === 0 && from % FORGOTTEN !== 0);
  yield 0.5;
  const contentShare = yield* chooseContentShare(parts, sample(cold, asked.length, random));
  yield 0.75;
  return { contentShare, counts: yield* chooseCounts(parts, asked, contentShare) };
}
