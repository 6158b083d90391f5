import { standardise, TIE_BREAK, type Ridge } from "@palate/sequence";
import { gapBucket } from "../gru/gru-parameters.js";
import { type GruScorer, START, type GruInputs } from "../gru/gru-scorer.js";
import { ItemVectors } from "../gru/item-vectors.js";
import { FACTOR_DIMENSIONS, type ContentTower } from "./content-tower.js";

/** How the parts of the model are added; weights apply to scores standardised over the trained items. */
export interface HrnnBlend {
  /** 1, or 0 to leave the recurrent network out. */
  readonly network: 0 | 1;
  /** Weight of the closed form. */
  readonly ridge: number;
  /** Weight of the content tower on trained items; untrained ones have its scores in place of those of the closed form as well. */
  readonly taste: number;
}

/** A user's interactions with items that the model knows, oldest first. */
export interface HrnnHistory {
  /** Item numbers of the model. */
  readonly items: Int32Array;
  /** Unix seconds, one each. */
  readonly times: Float64Array;
}

/** Interactions that a state is computed from, at most: more than any effect was measured for. */
export const MAX_HISTORY = 512;

/** What orders items that were never trained. */
export type UntrainedOrder = "everything" | "content";

const MIN_SLOPE = 1e-3;

/** What a model is made of. */
export interface HrnnParts {
  readonly itemCount: number;
  /** How often each item was trained on. */
  readonly counts: Int32Array;
  readonly ridge: Ridge;
  readonly gru?: GruScorer | undefined;
  readonly taste?: ContentTower | undefined;
  /** [itemCount, FACTOR_DIMENSIONS]: the items' factors predicted from their metadata; with `taste`. */
  readonly content?: Float32Array | undefined;
  readonly blend: HrnnBlend;
  /** What scores are multiplied by before a softmax makes probabilities of them. */
  readonly inverseTemperature: number;
}

/**
 * Scores what a user wants next: the sum of the recurrent network's logits and the standardised scores of closed form and content
 * tower. Untrained items, in the catalogue or added later, are scored by their metadata. One instance answers one call at a time.
 */
export class HrnnModel {
  readonly parts: HrnnParts;
  /** Takes the place of logits without a network: orders items that have no other score by popularity. */
  readonly ties: Float32Array;
  /** The factors of all items predicted from their metadata, added ones included. */
  readonly #content: ItemVectors | undefined;
  readonly #ridgeScores: Float32Array;
  #tasteScores: Float32Array;
  #count: number;

  constructor(parts: HrnnParts) {
    this.parts = parts;
    const { itemCount, content } = parts;
    this.#count = itemCount;
    this.ties = Float32Array.from(parts.counts, (count) => TIE_BREAK * Math.log(1 + count));
    this.#ridgeScores = new Float32Array(itemCount);
    this.#tasteScores = new Float32Array(itemCount);
    if (content) {
      this.#content = new ItemVectors(FACTOR_DIMENSIONS, itemCount);
      for (let item = 0; item < itemCount; item++) {
        this.#content.add(contentOf(content, item), 0);
        // All that the network learned of an item without interactions is that there are none.
        if (parts.counts[item] === 0) parts.gru?.setItem(item, parts.taste!.featuresOf(contentOf(content, item)));
      }
    }
  }

  /** Number of items, added ones included. */
  get count(): number {
    return this.#count;
  }

  /** Whether an item can be scored: it was trained, or has metadata. */
  knows(item: number): boolean {
    return this.#content !== undefined || (item < this.parts.itemCount && this.parts.counts[item]! > 0);
  }

  /** Whether the item had no interactions when the model was trained. */
  isUntrained(item: number): boolean {
    return item >= this.parts.itemCount || this.parts.counts[item] === 0;
  }

  /** Adds an item that arrived after training; gives its number. Only for models with a content tower. */
  addItem(valueOf: (column: string) => string): number {
    const { gru, taste } = this.parts;
    const vector = taste!.vectorOf(valueOf);
    this.#content!.add(vector, 0);
    gru?.addItem(taste!.featuresOf(vector));
    if (this.#count === this.#tasteScores.length) this.#tasteScores = new Float32Array(2 * this.#count + 1);
    return this.#count++;
  }

  /** Reads an added item's metadata again. */
  updateItem(item: number, valueOf: (column: string) => string): void {
    const { gru, taste } = this.parts;
    const vector = taste!.vectorOf(valueOf);
    this.#content!.set(item, vector, 0);
    gru?.setItem(item, taste!.featuresOf(vector));
  }

  /** What a user's metadata adds to the network's inputs; undefined where it takes no part. */
  userVector(features: Float32Array): Float32Array | undefined {
    const { gru } = this.parts;
    return gru !== undefined && gru.shape.userFeatures > 0 ? gru.userVector(features) : undefined;
  }

  /**
   * The network's state after a history, the start of which is part of it.
   * @param known a state and how many interactions of this history it stands for, to go on from
   */
  state(
    { items, times }: HrnnHistory,
    user?: Float32Array,
    known?: { readonly state: Float32Array; readonly length: number },
  ): Float32Array | undefined {
    const { gru } = this.parts;
    if (gru === undefined || this.parts.blend.network === 0) return undefined;
    const length = items.length;
    const from = known?.length ?? Math.max(0, length - MAX_HISTORY);
    const starts = known === undefined && from === 0;
    const inputs: GruInputs = {
      items: new Int32Array(length - from + Number(starts)),
      gaps: new Int32Array(length - from + Number(starts)),
    };
    let next = 0;
    if (starts) inputs.items[next++] = START;
    for (let at = from; at < length; at++) {
      inputs.items[next] = items[at]!;
      inputs.gaps[next++] = at === 0 ? 0 : gapBucket(times[at]! - times[at - 1]!);
    }
    return gru.advance(known?.state, inputs, user);
  }

  /**
   * Writes the score of every item into `out`, at least `count` long; higher is better, and only comparisons within one
   * call mean anything. Items that cannot be scored get -Infinity.
   * @param untrained what orders items that were never trained: all parts of the model that know their metadata, or the
   *   content tower alone, where there is one and the user has a history
   */
  scoreAll(
    history: HrnnHistory,
    state: Float32Array | undefined,
    out: Float32Array,
    untrained: UntrainedOrder = "everything",
  ): void {
    const { itemCount, gru, blend } = this.parts;
    if (state && gru) gru.items.scoresInto(gru.query(state), out);
    else out.fill(0, 0, this.#count).set(this.ties);
    const trained = history.items.filter((item) => item < itemCount);
    const z = this.#ridgeScores;
    this.parts.ridge.scoreInto(trained, z);
    standardise(z);
    const content = this.contentScores(history);
    // How well the content tower predicts the scores of the closed form: the correlation on the trained items.
    let correlation = 0;
    for (let item = 0; content && item < itemCount; item++) correlation += z[item]! * content[item]!;
    correlation = Math.min(1, Math.max(0, correlation / Math.max(1, itemCount)));
    for (let item = 0; item < this.#count; item++) {
      if (!this.isUntrained(item)) out[item]! += blend.ridge * z[item]! + (content ? blend.taste * content[item]! : 0);
      else if (content) out[item]! += (blend.ridge * correlation + blend.taste) * content[item]!;
      else out[item] = -Infinity;
    }
    if (content && untrained === "content" && trained.length > 0) this.#expectFrom(content, out);
  }

  /** Gives untrained items the mean score of trained items with the same content score, by linear regression. */
  #expectFrom(content: Float32Array, out: Float32Array): void {
    const { itemCount } = this.parts;
    let [count, sum, product] = [0, 0, 0];
    for (let item = 0; item < itemCount; item++) {
      if (this.isUntrained(item)) continue;
      count++;
      sum += out[item]!;
      product += out[item]! * content[item]!;
    }
    // Content is standardised over the trained items, so the slope is the covariance. It has to rise to order anything.
    const slope = Math.max(MIN_SLOPE, product / count);
    for (let item = 0; item < this.#count; item++)
      if (this.isUntrained(item)) out[item] = sum / count + slope * content[item]!;
  }

  /**
   * The content tower's scores of all items, standardised over the trained ones: a view that the next call overwrites;
   * undefined without a tower.
   */
  contentScores({ items }: HrnnHistory): Float32Array | undefined {
    const { taste, itemCount, counts } = this.parts;
    if (taste === undefined || this.#content === undefined) return undefined;
    const scores = this.#tasteScores;
    this.#content.scoresInto(taste.userVector(items.filter((item) => item < itemCount)), scores);
    let [count, sum, squares] = [0, 0, 0];
    for (let item = 0; item < itemCount; item++) {
      if (counts[item] === 0) continue;
      count++;
      sum += scores[item]!;
      squares += scores[item]! ** 2;
    }
    const mean = sum / Math.max(1, count);
    const deviation = Math.sqrt(Math.max(0, squares / Math.max(1, count) - mean ** 2));
    for (let item = 0; item < this.#count; item++)
      scores[item] = deviation > 0 ? (scores[item]! - mean) / deviation : 0;
    return scores;
  }
}

/** The predicted factors of an item. */
function contentOf(content: Float32Array, item: number): Float32Array {
  return content.subarray(item * FACTOR_DIMENSIONS, (item + 1) * FACTOR_DIMENSIONS);
}

/** The features of items for the network, row by row, from their predicted factors. */
export function networkFeatures(taste: ContentTower, content: Float32Array, itemCount: number): Float32Array {
  const features = new Float32Array(itemCount * FACTOR_DIMENSIONS);
  for (let item = 0; item < itemCount; item++)
    features.set(taste.featuresOf(contentOf(content, item)), item * FACTOR_DIMENSIONS);
  return features;
}
