import { tensorOf, type NamedTensor, type NamedTensors } from "../tensor/index.js";
import { standardise, type Blend } from "./blend.js";
import { DenseRidge } from "./dense-ridge.js";
import { parameterSlots, type MixerShape } from "./mixer-parameters.js";
import { MixerScorer } from "./mixer-scorer.js";
import { gapContext, type UserHistory } from "./position-context.js";
import type { Ridge } from "./ridge.js";
import type { RidgeOptions } from "./ridge-statistics.js";
import { SparseRidge } from "./sparse-ridge.js";

/** What a stored model says about itself beside its tensors; plain JSON. */
export interface SequenceModelMetadata {
  /** Changes when older readers would misread a model. */
  readonly format: 1;
  readonly itemCount: number;
  readonly blend: Blend;
  readonly sharpness: number;
  readonly ridge: { readonly kind: "dense" | "sparse"; readonly options: RidgeOptions; readonly scale: number };
  /** Absent while there is no network yet. */
  readonly mixer?: MixerShape;
}

/**
 * What comes next after a history: the network's logits and the ridge's standardised scores, added up. Needs
 * no TensorFlow. One instance answers one call at a time (it has scratch memory of its own).
 */
export class SequenceModel {
  readonly blend: Blend;
  /** Factor on the scores before a softmax that turns them into shares; see `Validation`. */
  readonly sharpness: number;
  readonly #ridge: Ridge;
  readonly #mixer: MixerScorer | undefined;
  /** Centred logarithms of the items' counts: the scores of an empty history. */
  readonly #popularity: Float32Array;
  readonly #scratch: Float32Array;

  constructor(parts: {
    ridge: Ridge;
    popularity: Float32Array;
    mixer?: MixerScorer | undefined;
    blend: Blend;
    sharpness: number;
  }) {
    this.blend = parts.blend;
    this.sharpness = parts.sharpness;
    this.#ridge = parts.ridge;
    this.#mixer = parts.mixer;
    this.#popularity = parts.popularity;
    this.#scratch = new Float32Array(parts.ridge.itemCount);
  }

  get itemCount(): number {
    return this.#ridge.itemCount;
  }

  /** Whether a network takes part, or the ridge stands alone. */
  get hasNetwork(): boolean {
    return this.#mixer !== undefined && this.blend.network === 1;
  }

  /**
   * The network's vector for a history, which callers may keep for as long as neither the history nor `momentKey` changes;
   * undefined where there is none: an empty history, or no network.
   * @param now Unix time in seconds that the answer is for; NaN when it is not known
   */
  userState(history: UserHistory, now: number): Float32Array | undefined {
    return this.hasNetwork && history.items.length > 0 ? this.#mixer!.userState(history, now) : undefined;
  }

  /** The network's vectors of items, one row each: alike items have vectors of like direction. Undefined without a network. */
  get itemVectors(): { readonly width: number; readonly rows: Float32Array } | undefined {
    if (!this.hasNetwork) return undefined;
    const { shape, parameters } = this.#mixer!;
    const { offset, size } = parameterSlots(shape).find(({ name }) => name === "items")!;
    return { width: shape.width, rows: parameters.subarray(offset, offset + size) };
  }

  /** Moments with the same key are alike to the network: as long after the last interaction, about. */
  momentKey({ times }: UserHistory, now: number): number {
    const context = this.#mixer?.shape.context;
    return context ? gapContext(context, times?.at(-1) ?? NaN, now) : 0;
  }

  /**
   * Writes the score of every item after a history (oldest first) into `out`; higher is better, and only comparisons
   * within one call mean anything. An empty history scores by popularity.
   * @param now Unix time in seconds that the scores are for; NaN when it is not known
   * @param state what `userState` gave for the same history; computed when left out
   */
  scoreAll(history: UserHistory, now: number, out: Float32Array, state = this.userState(history, now)): void {
    if (history.items.length === 0) {
      out.set(this.#popularity);
      return;
    }
    const { ridge } = this.blend;
    // Logits stand for log-probabilities: they differ by a constant, which no comparison within one call sees.
    if (state) this.#mixer!.logitsInto(state, out);
    else out.fill(0);
    if (ridge === 0) return;
    this.#ridge.scoreInto(history.items, this.#scratch);
    standardise(this.#scratch);
    for (let item = 0; item < out.length; item++) out[item]! += ridge * this.#scratch[item]!;
  }

  toTensors(): NamedTensors {
    const tensors = this.#ridge.toTensors();
    tensors.set("popularity", { dtype: "F32", shape: [this.itemCount], data: this.#popularity });
    if (this.#mixer) {
      const { shape, parameters } = this.#mixer;
      for (const { name, shape: dimensions, offset, size } of parameterSlots(shape)) {
        tensors.set(`mixer.${name}`, {
          dtype: "F32",
          shape: dimensions,
          data: parameters.subarray(offset, offset + size),
        });
      }
    }
    return tensors;
  }

  metadata(): SequenceModelMetadata {
    const { kind, options } = this.#ridge;
    return {
      format: 1,
      itemCount: this.itemCount,
      blend: this.blend,
      sharpness: this.sharpness,
      ridge: { kind, options, scale: this.#ridge instanceof DenseRidge ? this.#ridge.scale : 1 },
      ...(this.#mixer && { mixer: this.#mixer.shape }),
    };
  }

  /** @throws Error when a tensor is missing or of another type, or the format is unknown */
  static fromTensors(tensors: ReadonlyMap<string, NamedTensor>, metadata: SequenceModelMetadata): SequenceModel {
    if (metadata.format !== 1)
      throw new Error(`Sequence model format ${String(metadata.format)} is unknown; 1 is known.`);
    const { kind, options, scale } = metadata.ridge;
    const ridge =
      kind === "dense" ? DenseRidge.fromTensors(tensors, options, scale) : SparseRidge.fromTensors(tensors, options);
    return new SequenceModel({
      ridge,
      popularity: tensorOf(tensors, "popularity", "F32").data,
      mixer: metadata.mixer && mixerFrom(tensors, metadata.mixer),
      blend: metadata.blend,
      sharpness: metadata.sharpness,
    });
  }
}

function mixerFrom(tensors: ReadonlyMap<string, NamedTensor>, shape: MixerShape): MixerScorer {
  const slots = parameterSlots(shape);
  const last = slots[slots.length - 1]!;
  const parameters = new Float32Array(last.offset + last.size);
  for (const { name, offset } of slots) parameters.set(tensorOf(tensors, `mixer.${name}`, "F32").data, offset);
  return new MixerScorer(shape, parameters);
}
