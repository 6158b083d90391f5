import { Random, within } from "@palate/numeric";
import { filterInteractions, sample, type TrainingData } from "@palate/recipe";
import { ScanMatrix } from "../vectors/scan-matrix.js";
import { expandedVector, MAX_FOLLOWERS } from "./item-space.js";
import type { Metadata } from "./metadata.js";
import { countsShare, fitParts, itemVectors, ownVectors, type Blend, type Earlier, type Parts } from "./model.js";
import type { SimilarItemsOptions } from "./recipe.js";

/** Held-out questions that a choice is made by, at most. */
const MAX_QUESTIONS = 3000;
/** Multiplications for all questions of a choice, at most; large catalogues are asked less. */
const MAX_MULTIPLICATIONS = 6e9;
/** Fewer questions tell nothing, and the first choices stand. */
const MIN_QUESTIONS = 20;
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

/**
 * NDCG@10 of an answer with one right item, by its rank among those not seen.
 * @param items the items that the scores are of; default all, in their order
 */
function gainOf(scores: Float32Array, { to, from, seen }: Question, items?: Int32Array): number {
  const right = items === undefined ? to : items.indexOf(to);
  const score = scores[right]!;
  const hidden = new Set(seen).add(from);
  let above = 0;
  for (let at = 0; at < scores.length && above < 10; at++)
    if (scores[at]! >= score && at !== right && !hidden.has(items?.[at] ?? at)) above++;
  return above < 10 ? 1 / Math.log2(above + 2) : 0;
}

/** What follows an item, with how much; best first. */
function followersOf({ similar: { offsets, items, scores } }: Parts, item: number) {
  const [begin, end] = [offsets[item], offsets[item + 1]];
  return { items: items.subarray(begin, end), scores: scores.subarray(begin, end) };
}

/** A share of metadata and an expansion. */
type Likeness = Pick<Blend, "contentShare" | "expansion">;

/** The dot products of one kind of vectors that a choice of likeness is made of, for one question. */
interface Products {
  /** With the vector of the item asked about. */
  readonly own: Float32Array;
  /** With the sum of the vectors of what follows it. */
  readonly followers: Float32Array;
  /** Squared length of that sum. */
  readonly squares: number;
}

/** Works out {@link Products} of candidates by their vectors. */
function productsBy(vectors: Float32Array, dimension: number, candidates: Int32Array) {
  const matrix = new ScanMatrix(vectors, dimension, candidates);
  const sum = new Float32Array(dimension);
  return (item: number, followers: ReturnType<typeof followersOf>): Products => {
    const own = matrix.scan(vectors.subarray(item * dimension, (item + 1) * dimension)).slice();
    sum.fill(0);
    for (let k = 0; k < Math.min(MAX_FOLLOWERS, followers.items.length); k++)
      for (let d = 0; d < dimension; d++)
        sum[d]! += followers.scores[k]! * vectors[followers.items[k]! * dimension + d]!;
    return { own, followers: matrix.scan(sum), squares: sum.reduce((total, value) => total + value * value, 0) };
  };
}

/**
 * What metadata are worth by themselves, and what follows an item: chosen on items taken for new ones, among which the right
 * one is to be found. Only items that are not taken for new follow any. Every choice is a sum of the same four dot products.
 */
function* chooseLikeness(parts: Parts, questions: readonly Question[]): Generator<number, Likeness> {
  const forgotten = (item: number): boolean => item % FORGOTTEN === 0;
  const asked = questions.filter(({ from, to }) => forgotten(to) && !forgotten(from));
  if (asked.length < MIN_QUESTIONS || parts.map === null) return DEFAULT_BLEND;
  const { idDimensions, contentDimensions, content, counts } = parts;
  const candidates = Int32Array.from({ length: Math.ceil(counts.length / FORGOTTEN) }, (_, k) => k * FORGOTTEN);
  const ownProducts = productsBy(ownVectors(parts, forgotten), idDimensions, candidates);
  const contentProducts = productsBy(content, contentDimensions, candidates);
  const choices = CONTENT_SHARES.flatMap((contentShare) =>
    EXPANSIONS.map((expansion) => ({ contentShare, expansion })),
  );
  const gains = new Float64Array(choices.length);
  const scores = new Float32Array(candidates.length);
  for (const [at, question] of asked.entries()) {
    const followers = followersOf(parts, question.from);
    const own = ownProducts(question.from, followers);
    const alike = contentProducts(question.from, followers);
    choices.forEach(({ contentShare: share, expansion }, choice) => {
      const length = Math.sqrt((1 - share) * own.squares + share * alike.squares);
      const times = length > 1e-6 ? expansion / length : 0;
      for (let k = 0; k < scores.length; k++)
        scores[k] =
          (1 - share) * (own.own[k]! + times * own.followers[k]!) +
          share * (alike.own[k]! + times * alike.followers[k]!);
      gains[choice]! += gainOf(scores, question, candidates);
    });
    yield at / asked.length;
  }
  return choices[gains.indexOf(Math.max(...gains))]!;
}

/** How much counts are worth beside likeness: chosen on the whole catalogue. */
function* chooseCounts(parts: Parts, questions: readonly Question[], likeness: Likeness): Generator<number, number> {
  if (questions.length < MIN_QUESTIONS) return DEFAULT_BLEND.counts;
  const { counts, coldInteractions } = parts;
  const vectors = itemVectors(parts, likeness.contentShare);
  const width = vectors.length / counts.length;
  const matrix = new ScanMatrix(vectors, width);
  const followed = new Float32Array(counts.length);
  const scores = new Float32Array(counts.length);
  const gains = new Float64Array(COUNTS.length);
  const addVector = (item: number, weight: number, to: Float32Array): void => {
    for (let d = 0; d < width; d++) to[d]! += weight * vectors[item * width + d]!;
  };
  for (const [at, question] of questions.entries()) {
    const { from } = question;
    const followers = followersOf(parts, from);
    const own = vectors.subarray(from * width, (from + 1) * width);
    const alike = matrix.scan(expandedVector(own, likeness.expansion, followers, addVector));
    followers.items.forEach((item, k) => (followed[item] = followers.scores[k]! / followers.scores[0]!));
    COUNTS.forEach((choice, k) => {
      const share = countsShare(counts[from]!, coldInteractions, { counts: choice });
      for (let item = 0; item < scores.length; item++)
        scores[item] = (1 - share) * alike[item]! + share * followed[item]!;
      gains[k]! += gainOf(scores, question);
    });
    for (const item of followers.items) followed[item] = 0;
    yield at / questions.length;
  }
  return COUNTS[gains.indexOf(Math.max(...gains))]!;
}

/** A blend, and what was found on the way to it. */
export interface Choice {
  readonly blend: Blend;
  /** Where the fits that follow may begin; absent where there was too little to choose by. */
  readonly earlier?: Earlier;
}

/**
 * Chooses by validation: every user's last interaction is held out, a model is fitted on the rest, and the blend that
 * tells the held-out ones best from the item before is taken.
 * @returns yields the share done
 */
export function* chooseBlend(
  data: TrainingData,
  metadata: Metadata,
  options: SimilarItemsOptions,
  seed: number,
): Generator<number, Choice> {
  const { fit, questions } = holdOutLast(data);
  if (questions.length < MIN_QUESTIONS) return { blend: DEFAULT_BLEND };
  const mappable = (item: number): boolean => item % FORGOTTEN !== 0;
  const parts = yield* within(fitParts(fit, metadata, options, seed, { mappable }), 0, 0.6);
  const width = parts.idDimensions + parts.contentDimensions;
  const affordable = Math.min(MAX_QUESTIONS, Math.floor(MAX_MULTIPLICATIONS / (parts.counts.length * width)));
  const coldAffordable = Math.floor((affordable * FORGOTTEN) / (CONTENT_SHARES.length * EXPANSIONS.length));
  const random = new Random(seed);
  const asked = sample(questions, Math.max(MIN_QUESTIONS, affordable), random);
  const cold = questions.filter(({ from, to }) => to % FORGOTTEN === 0 && from % FORGOTTEN !== 0);
  const coldAsked = sample(cold, Math.max(MIN_QUESTIONS, coldAffordable), random);
  const likeness = yield* within(chooseLikeness(parts, coldAsked), 0.6, 0.7);
  const counts = yield* within(chooseCounts(parts, asked, likeness), 0.7, 1);
  return { blend: { ...likeness, counts }, earlier: parts.earlier };
}
