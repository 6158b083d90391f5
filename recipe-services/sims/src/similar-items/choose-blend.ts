import { Random, scaleProgress } from "@palate/numeric";
import { filterInteractions, sample, type TrainingData } from "@palate/recipe";
import { ScanMatrix } from "../vectors/scan-matrix.js";
import { expandedVector, MAX_FOLLOWERS } from "./item-space.js";
import type { Metadata } from "./metadata.js";
import { countsShare, fitParts, itemVectors, ownVectors, type Blend, type Earlier, type Parts } from "./model.js";
import type { SimilarItemsOptions } from "./recipe.js";

/** Most validation cases that a choice is made by. */
const MAX_CASES = 3000;
/** Most multiplications for all cases of a choice; large catalogues have fewer cases. */
const MAX_MULTIPLICATIONS = 6e9;
/** With fewer cases the defaults stay. */
const MIN_CASES = 20;
/** Every fifth item is treated as cold when the weight of metadata is chosen. */
const COLD_STRIDE = 5;

/** Whether an item is treated as cold. */
const isCold = (item: number): boolean => item % COLD_STRIDE === 0;

/** The choices that are compared. */
const CONTENT_SHARES = [0.1, 0.3, 0.5, 0.7, 0.9] as const;
const EXPANSIONS = [0, 0.5, 1] as const;
const COUNTS = [1, 0.98, 0.95, 0.9, 0.8, 0.6, 0.4] as const;
/** The blend where there is too little data to choose by: mostly counts; content vectors as much as embeddings. */
const DEFAULT_BLEND: Blend = { counts: 0.9, contentShare: 0.5, expansion: 0 };

/** A validation case: an item, and the item that a user went on to. */
interface Case {
  readonly from: number;
  readonly to: number;
  /** The user's items before, which are excluded from the ranking. */
  readonly seen: Int32Array;
}

/** Holds out the last step of each user's history. */
function holdOutLast(data: TrainingData): { fit: TrainingData; cases: Case[] } {
  const cases: Case[] = [];
  for (let user = 0; user + 1 < data.offsets.length; user++) {
    const begin = data.offsets[user]!;
    const end = data.offsets[user + 1]!;
    if (end - begin < 3) continue;
    const seen = data.items.subarray(begin, end - 1);
    if (!seen.includes(data.items[end - 1]!)) cases.push({ from: seen.at(-1)!, to: data.items[end - 1]!, seen });
  }
  const fit = filterInteractions(
    data,
    (i, user) => i < data.offsets[user + 1]! - 1 || data.offsets[user + 1]! - data.offsets[user]! < 3,
  );
  return { fit, cases };
}

/**
 * NDCG@10 of a ranking with one relevant item, among the items not seen.
 * @param items the items that the scores belong to; default all, in their order
 */
function ndcgOf(scores: Float32Array, { to, from, seen }: Case, items?: Int32Array): number {
  const relevant = items === undefined ? to : items.indexOf(to);
  const score = scores[relevant]!;
  const excluded = new Set(seen).add(from);
  let above = 0;
  for (let index = 0; index < scores.length && above < 10; index++)
    if (scores[index]! >= score && index !== relevant && !excluded.has(items?.[index] ?? index)) above++;
  return above < 10 ? 1 / Math.log2(above + 2) : 0;
}

/** The items that follow an item, with their similarities; best first. */
function followersOf({ similar: { offsets, items, scores } }: Parts, item: number) {
  const [begin, end] = [offsets[item], offsets[item + 1]];
  return { items: items.subarray(begin, end), scores: scores.subarray(begin, end) };
}

/** How the similarity of vectors is computed: the weight of content vectors, and the expansion. */
type VectorBlend = Pick<Blend, "contentShare" | "expansion">;

/** The dot products of one kind of vectors that a vector blend is computed from, for one case. */
interface Products {
  /** With the vector of the case's item. */
  readonly own: Float32Array;
  /** With the sum of its followers' vectors. */
  readonly followers: Float32Array;
  /** Squared length of that sum. */
  readonly squares: number;
}

/** Computes the {@link Products} of candidates. */
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
 * Chooses the weight of the content vectors and the expansion on cases whose relevant item is treated as cold, ranked among
 * all such items. Cold items follow no others. Every choice is a weighted sum of the same four dot products.
 */
function* chooseVectorBlend(parts: Parts, coldCases: readonly Case[]): Generator<number, VectorBlend> {
  const cases = coldCases.filter(({ from, to }) => isCold(to) && !isCold(from));
  if (cases.length < MIN_CASES || parts.map === null) return DEFAULT_BLEND;
  const { idDimensions, contentDimensions, content, counts } = parts;
  const candidates = Int32Array.from({ length: Math.ceil(counts.length / COLD_STRIDE) }, (_, k) => k * COLD_STRIDE);
  const ownProducts = productsBy(ownVectors(parts, isCold), idDimensions, candidates);
  const contentProducts = productsBy(content, contentDimensions, candidates);
  const choices = CONTENT_SHARES.flatMap((contentShare) =>
    EXPANSIONS.map((expansion) => ({ contentShare, expansion })),
  );
  const gains = new Float64Array(choices.length);
  const scores = new Float32Array(candidates.length);
  for (const [done, one] of cases.entries()) {
    const followers = followersOf(parts, one.from);
    const embedded = ownProducts(one.from, followers);
    const byContent = contentProducts(one.from, followers);
    choices.forEach(({ contentShare: share, expansion }, choice) => {
      const length = Math.sqrt((1 - share) * embedded.squares + share * byContent.squares);
      const times = length > 1e-6 ? expansion / length : 0;
      for (let k = 0; k < scores.length; k++)
        scores[k] =
          (1 - share) * (embedded.own[k]! + times * embedded.followers[k]!) +
          share * (byContent.own[k]! + times * byContent.followers[k]!);
      gains[choice]! += ndcgOf(scores, one, candidates);
    });
    yield done / cases.length;
  }
  return choices[gains.indexOf(Math.max(...gains))]!;
}

/** Chooses the weight of counts relative to the similarity of vectors, on the whole catalogue. */
function* chooseCounts(parts: Parts, cases: readonly Case[], chosen: VectorBlend): Generator<number, number> {
  if (cases.length < MIN_CASES) return DEFAULT_BLEND.counts;
  const { counts, coldInteractions } = parts;
  const vectors = itemVectors(parts, chosen.contentShare);
  const width = vectors.length / counts.length;
  const matrix = new ScanMatrix(vectors, width);
  const followed = new Float32Array(counts.length);
  const scores = new Float32Array(counts.length);
  const gains = new Float64Array(COUNTS.length);
  const addVector = (item: number, weight: number, to: Float32Array): void => {
    for (let d = 0; d < width; d++) to[d]! += weight * vectors[item * width + d]!;
  };
  for (const [done, one] of cases.entries()) {
    const { from } = one;
    const followers = followersOf(parts, from);
    const own = vectors.subarray(from * width, (from + 1) * width);
    const similarities = matrix.scan(expandedVector(own, chosen.expansion, followers, addVector));
    followers.items.forEach((item, k) => (followed[item] = followers.scores[k]! / followers.scores[0]!));
    COUNTS.forEach((choice, k) => {
      const share = countsShare(counts[from]!, coldInteractions, { counts: choice });
      for (let item = 0; item < scores.length; item++)
        scores[item] = (1 - share) * similarities[item]! + share * followed[item]!;
      gains[k]! += ndcgOf(scores, one);
    });
    for (const item of followers.items) followed[item] = 0;
    yield done / cases.length;
  }
  return COUNTS[gains.indexOf(Math.max(...gains))]!;
}

/** The chosen blend, and results that later fits can use. */
export interface Choice {
  readonly blend: Blend;
  /** Starting point for the fits that follow; absent where there was too little data to choose by. */
  readonly earlier?: Earlier;
}

/**
 * Chooses the blend by validation: every user's last interaction is held out, a model is fitted on the rest, and the blend that
 * predicts the held-out items best from the item before is taken.
 * @returns yields the share done
 */
export function* chooseBlend(
  data: TrainingData,
  metadata: Metadata,
  options: SimilarItemsOptions,
  seed: number,
): Generator<number, Choice> {
  const { fit, cases } = holdOutLast(data);
  if (cases.length < MIN_CASES) return { blend: DEFAULT_BLEND };
  const mappable = (item: number): boolean => !isCold(item);
  const parts = yield* scaleProgress(fitParts(fit, metadata, options, seed, { mappable }), 0, 0.6);
  const width = parts.idDimensions + parts.contentDimensions;
  const affordable = Math.min(MAX_CASES, Math.floor(MAX_MULTIPLICATIONS / (parts.counts.length * width)));
  const coldAffordable = Math.floor((affordable * COLD_STRIDE) / (CONTENT_SHARES.length * EXPANSIONS.length));
  const random = new Random(seed);
  const sampled = sample(cases, Math.max(MIN_CASES, affordable), random);
  const cold = cases.filter(({ from, to }) => isCold(to) && !isCold(from));
  const coldSampled = sample(cold, Math.max(MIN_CASES, coldAffordable), random);
  const chosen = yield* scaleProgress(chooseVectorBlend(parts, coldSampled), 0.6, 0.7);
  const counts = yield* scaleProgress(chooseCounts(parts, sampled, chosen), 0.7, 1);
  return { blend: { ...chosen, counts }, earlier: parts.earlier };
}
