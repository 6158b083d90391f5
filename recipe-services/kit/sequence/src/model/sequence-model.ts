import { ContentEncoder, ContentMap, type ValueOf } from "@palate/features";
import { tensorOf, type CoarseScan, type NamedTensor, type NamedTensors } from "@palate/numeric";
import type { ContentPath } from "../network/bake-content.js";
import { parameterSlots, type MixerShape } from "../network/mixer-parameters.js";
import { MixerScorer } from "../network/mixer-scorer.js";
import { NetworkPair } from "../network/network-pair.js";
import type { NetworkScorer, StoredNetwork } from "../network/network-scorer.js";
import { ridgeFromTensors, ridgeMetadata, type RidgeMetadata } from "../ridge/ridge-tensors.js";
import type { Ridge } from "../ridge/ridge.js";
import type { ContextRows } from "../sequences/position-context.js";
import type { UserHistory } from "../sequences/user-history.js";
import { standardise, TIE_BREAK, type Blend } from "./blend.js";

/** The network's logits for one query, of all items or of some. */
export interface Logits {
  /** The state that they are computed from; the same object as long as they are the same. */
  readonly state: Float32Array;
  /** Adds them to the scores of all items. */
  addTo(out: Float32Array): void;
  /** Writes those of some items, to the last bit as `addTo` would add them. */
  of(items: Int32Array, out: Float32Array): void;
}

/** Prefixes of the names of stored tensors: of the first network, whatever its kind, and of the second one. */
const STORED_PREFIXES = ["mixer", "second"] as const;

/** The score of added items for an empty history: below the logarithm of any count. */
const UNPOPULAR = -1e3;

/** What a stored model says about itself beside its tensors; plain JSON. */
export interface SequenceModelMetadata {
  /** Changes when older readers would misread a model. */
  readonly format: 1;
  readonly itemCount: number;
  readonly blend: Blend;
  /** The model's `inverseTemperature`, under the name that stored models have it by. */
  readonly sharpness: number;
  readonly ridge: RidgeMetadata;
  /** Absent while there is no network yet. */
  readonly mixer?: MixerShape;
  /** A second network, whose logits are averaged with the first one's; absent: there is one. */
  readonly second?: MixerShape;
  /** Whether users without interactions are known by their metadata or the request's context. */
  readonly knowsNewUsers?: true;
  /** How items that were not trained on are known; absent where items have no metadata. */
  readonly content?: { readonly bias: number };
}

/**
 * Scores what comes next after a history: the sum of the network's logits and the ridge's standardised scores. Works without
 * TensorFlow. One instance answers one call at a time, since it has scratch memory.
 */
export class SequenceModel {
  readonly blend: Blend;
  /** What scores are multiplied by before a softmax makes probabilities of them; see `Validation`. */
  readonly inverseTemperature: number;
  /** Whether users without interactions are scored by their metadata or the context of the request. */
  readonly knowsNewUsers: boolean;
  readonly #ridge: Ridge;
  readonly #mixer: NetworkScorer | undefined;
  readonly #path: ContentPath | undefined;
  /** Centred logarithms of the items' counts: the scores of an empty history. */
  readonly #popularity: Float32Array;
  /** Takes the place of logits without a network. */
  readonly #ties: Float32Array;

  constructor(parts: {
    ridge: Ridge;
    popularity: Float32Array;
    mixer?: NetworkScorer | undefined;
    path?: ContentPath | undefined;
    blend: Blend;
    inverseTemperature: number;
    knowsNewUsers?: boolean | undefined;
  }) {
    this.blend = parts.blend;
    this.inverseTemperature = parts.inverseTemperature;
    this.knowsNewUsers = parts.knowsNewUsers === true;
    this.#ridge = parts.ridge;
    this.#mixer = parts.mixer;
    this.#path = parts.path;
    this.#popularity = parts.popularity;
    this.#ties = parts.popularity.map((value) => TIE_BREAK * value);
  }

  /** Number of items that have scores: those trained on, and those added since. */
  get itemCount(): number {
    return this.hasNetwork ? this.#mixer!.itemCount : this.trainedItems;
  }

  /** Number of items that the model was trained on. */
  get trainedItems(): number {
    return this.#ridge.itemCount;
  }

  /** The networks, none, one or two, for a training that continues them. */
  get networks(): readonly StoredNetwork[] {
    return this.#mixer?.networks ?? [];
  }

  /** Whether it can score items that it was not trained on, by their metadata. */
  get knowsContent(): boolean {
    return this.hasNetwork && this.#path !== undefined;
  }

  /**
   * Adds an item that the model was not trained on, or updates one whose metadata changed.
   * @param valueOf the item's metadata by column
   * @param item its number, if it has one already
   * @returns its number; -1 if the model knows nothing of its metadata, or has no room for more items
   */
  learnItem(valueOf: ValueOf, item = -1): number {
    if (!this.knowsContent) return -1;
    const { encoder, map, bias } = this.#path!;
    const row = encoder.encode(valueOf);
    if (row.columns.length === 0) return item;
    const vector = map.apply(row);
    if (item < 0) return this.#mixer!.addItem(vector, bias);
    this.#mixer!.setItem(item, vector, bias);
    return item;
  }

  /** Whether a network takes part; otherwise the ridge is alone. */
  get hasNetwork(): boolean {
    return this.#mixer !== undefined && this.blend.network === 1;
  }

  /** How the network reads users' metadata and requests' contexts; undefined without a network. */
  get context(): ContextRows | undefined {
    return this.hasNetwork ? this.#mixer!.context : undefined;
  }

  /** Whether the model can score for a history by more than popularity. */
  knows({ items, user, request }: UserHistory): boolean {
    if (items.length > 0) return true;
    if (!this.hasNetwork || !this.knowsNewUsers) return false;
    return user?.some((value) => value >= 0) === true || request?.some((value) => value >= 0) === true;
  }

  /**
   * The network's vector for a history, which callers may keep for as long as neither the history nor `queryKey` changes;
   * undefined where there is none: nothing is known, or no network.
   * @param now Unix time in seconds that the answer is for; NaN when it is not known
   */
  userState(history: UserHistory, now: number): Float32Array | undefined {
    return this.hasNetwork && this.knows(history) ? this.#mixer!.userState(history, now) : undefined;
  }

  /** The network's vectors of items, one row each: alike items have vectors of like direction. Undefined without a network. */
  get itemVectors(): { readonly width: number; readonly rows: Float32Array } | undefined {
    if (!this.hasNetwork) return undefined;
    const { vectorWidth, itemVectors } = this.#mixer!;
    return { width: vectorWidth, rows: itemVectors };
  }

  /**
   * Queries with equal keys and histories have the same state: the time since the last interaction is about the same, and so are the
   * user's metadata and the context.
   */
  queryKey({ times, user, request }: UserHistory, now: number): number | string {
    const rows = this.context;
    if (rows === undefined) return 0;
    const gap = rows.hasGaps ? rows.gap(times?.at(-1) ?? NaN, now) : 0;
    return user || request ? `${gap} ${user?.join() ?? ""} ${request?.join() ?? ""}` : gap;
  }

  /**
   * Writes the score of every item after a history (oldest first) into `out`; higher is better, and only comparisons
   * within one call mean anything. If the model knows nothing of the history, scores are by popularity.
   * @param now Unix time in seconds that the scores are for; NaN when it is not known
   * @param state what `userState` gave for the same history; computed when left out
   */
  scoreAll(history: UserHistory, now: number, out: Float32Array, state = this.userState(history, now)): void {
    if (!this.knows(history)) {
      out.fill(UNPOPULAR).set(this.#popularity);
      return;
    }
    this.ridgeInto(history, out);
    if (state) this.logitsAfter(state).addTo(out);
  }

  /**
   * Writes the ridge's part of the score of every item after a history into `out`; the network's logits are the other part.
   */
  ridgeInto({ items }: UserHistory, out: Float32Array): void {
    // Items that the ridge does not know keep the score 0, as items without a common user do.
    out.fill(0);
    if (!this.hasNetwork) out.set(this.#ties);
    const { ridge } = this.blend;
    if (ridge === 0 || items.length === 0) return;
    const trained = this.trainedItems;
    const known = out.length > trained ? items.filter((item) => item < trained) : items;
    if (this.#ridge.addStandardised) {
      this.#ridge.addStandardised(known, ridge, out);
      return;
    }
    this.#ridge.scoreInto(known, out.subarray(0, trained));
    standardise(out);
    for (let item = 0; item < out.length; item++) out[item]! *= ridge;
    if (!this.hasNetwork) for (let item = 0; item < trained; item++) out[item]! += this.#ties[item]!;
  }

  /**
   * The network's logits after a history with this state: log-probabilities up to a constant that is the same for all items.
   * @param state what `userState` gave
   */
  logitsAfter(state: Float32Array): Logits {
    const mixer = this.#mixer!;
    return {
      state,
      addTo: (out) => mixer.addLogits(state, out),
      of: (items, out) => mixer.logitsOf(state, items, out),
    };
  }

  /** Finds the items with the largest logits without computing each; undefined unless `scanCoarsely` was called. */
  get coarse(): CoarseScan | undefined {
    return this.hasNetwork ? this.#mixer!.coarse : undefined;
  }

  /** Makes `coarse`, where there is a network. */
  scanCoarsely(): void {
    if (this.hasNetwork) this.#mixer!.scanCoarsely();
  }

  toTensors(): NamedTensors {
    const tensors = this.#ridge.toTensors();
    tensors.set("popularity", { dtype: "F32", shape: [this.trainedItems], data: this.#popularity });
    this.networks.forEach(({ shape, parameters }, at) => {
      for (const { name, shape: dimensions, offset, size } of parameterSlots(shape)) {
        tensors.set(`${STORED_PREFIXES[at]!}.${name}`, {
          dtype: "F32",
          shape: dimensions,
          data: parameters.subarray(offset, offset + size),
        });
      }
    });
    if (this.#mixer && this.#path) {
      for (const [name, tensor] of this.#path.encoder.toTensors("content.encoder")) tensors.set(name, tensor);
      for (const [name, tensor] of this.#path.map.toTensors("content.map")) tensors.set(name, tensor);
    }
    return tensors;
  }

  metadata(): SequenceModelMetadata {
    const [first, second] = this.networks;
    return {
      format: 1,
      itemCount: this.trainedItems,
      blend: this.blend,
      sharpness: this.inverseTemperature,
      ridge: ridgeMetadata(this.#ridge),
      ...(first && { mixer: first.shape }),
      ...(second && { second: second.shape }),
      ...(this.#mixer && this.knowsNewUsers && { knowsNewUsers: true }),
      ...(this.#mixer && this.#path && { content: { bias: this.#path.bias } }),
    };
  }

  /** @throws Error when a tensor is missing or of another type, or the format is unknown */
  static fromTensors(tensors: ReadonlyMap<string, NamedTensor>, metadata: SequenceModelMetadata): SequenceModel {
    if (metadata.format !== 1)
      throw new Error(`Sequence model format ${String(metadata.format)} is unknown; 1 is known.`);
    return new SequenceModel({
      ridge: ridgeFromTensors(tensors, metadata.ridge),
      popularity: tensorOf(tensors, "popularity", "F32").data,
      mixer: networkFrom(tensors, metadata),
      path: metadata.content && {
        encoder: ContentEncoder.fromTensors(tensors, "content.encoder"),
        map: ContentMap.fromTensors(tensors, "content.map"),
        bias: metadata.content.bias,
      },
      blend: metadata.blend,
      inverseTemperature: metadata.sharpness,
      knowsNewUsers: metadata.knowsNewUsers,
    });
  }
}

function networkFrom(
  tensors: ReadonlyMap<string, NamedTensor>,
  { mixer, second, content }: SequenceModelMetadata,
): NetworkScorer | undefined {
  if (!mixer) return undefined;
  const canGrow = content !== undefined;
  const first = storedNetwork(tensors, STORED_PREFIXES[0], mixer);
  if (!second) return new MixerScorer(mixer, first.parameters, canGrow);
  return new NetworkPair(first, storedNetwork(tensors, STORED_PREFIXES[1], second), canGrow);
}

function storedNetwork(tensors: ReadonlyMap<string, NamedTensor>, prefix: string, shape: MixerShape): StoredNetwork {
  const slots = parameterSlots(shape);
  const last = slots[slots.length - 1]!;
  const parameters = new Float32Array(last.offset + last.size);
  for (const { name, offset } of slots) parameters.set(tensorOf(tensors, `${prefix}.${name}`, "F32").data, offset);
  return { shape, parameters };
}
