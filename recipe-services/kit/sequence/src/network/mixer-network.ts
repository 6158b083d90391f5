import type { Scalar, Tensor, Tensor1D, Tensor2D, Tf } from "@palate/tensorflow";
import { crossEntropy, targetTimes } from "../optimisation/cross-entropy.js";
import { attend, attentionPlaces, headsOf, type AttentionPlaces } from "./attention.js";
import { parameterSlots, type MixerShape, type ParameterSlot } from "./mixer-parameters.js";
import { networkInput, type PositionInputs } from "./network-input.js";
import { gatedLayer, mixingIndex, mixOverTime, rmsNorm, type MixingIndex, type Part } from "./network-parts.js";

/** Sequences of one length side by side, with what follows each position; padding may hold any item. */
export interface MixerBatch extends PositionInputs {
  /** The item that follows each input. */
  readonly targets: Int32Array;
  /** The weight of each target: 0 for padding; negative where the user rejected it. */
  readonly weights: Float32Array;
}

/** Options of a training step. */
export interface LossOptions {
  /** Draws the dropout mask for a tensor of so many elements; without it nothing is dropped. */
  readonly dropout?: (size: number) => Float32Array;
  /** Items sampled for the softmax. Default: it runs over all items. */
  readonly negatives?: Int32Array;
  /** [items of the parameters]: 1, or 0 for items that only their metadata represents in this step. */
  readonly known?: Float32Array;
  /**
   * The items that the parameters hold, each once, if they do not hold all; batch and negatives then refer to them by index. Default:
   * all.
   */
  readonly rows?: Int32Array;
}

/**
 * The sequence network: item vectors, pre-norm blocks that mix earlier positions and then pass through a gated layer, and logits by
 * the same item vectors. What mixes the positions is learned kernels, the same for all channels, as in MLP-Mixer (Tolstikhin et al.
 * 2021) but causal and relative, or attention, as in SASRec (Kang and McAuley 2018). Its parameters are one flat vector, given at
 * each call.
 */
export class MixerNetwork {
  readonly #tf: Tf;
  readonly #shape: MixerShape;
  readonly #slots: readonly ParameterSlot[];
  readonly #indices = new Map<number, MixingIndex | AttentionPlaces>();
  readonly #features: Tensor2D | undefined;

  /** @param features items × `shape.content`, row-major: what the metadata says about each item */
  constructor(tf: Tf, shape: MixerShape, features?: Float32Array) {
    this.#tf = tf;
    this.#shape = shape;
    this.#slots = parameterSlots(shape);
    if (shape.content && features) this.#features = tf.tensor2d(features, [shape.itemCount, shape.content]);
  }

  /** The summed cross-entropy of a batch, and its derivative by the flat parameters divided by the sum of weights. */
  lossAndGradient(
    parameters: Tensor1D,
    batch: MixerBatch,
    options: LossOptions = {},
  ): { loss: Scalar; gradient: Tensor1D } {
    const tf = this.#tf;
    return tf.tidy(() => {
      const { rows } = options;
      const slots = rows ? parameterSlots({ ...this.#shape, itemCount: rows.length }) : this.#slots;
      const views = this.#views(parameters, slots);
      const { width, itemCount } = this.#shape;
      const present = rows?.length ?? itemCount;
      const known = options.known && tf.tensor2d(options.known, [present, 1]);
      const all = this.#features;
      const features = all && rows ? (tf.gather(all, tf.tensor1d(rows, "int32")) as Tensor2D) : all;
      const items = this.#itemVectors(views, features, known);
      const bias = views.get("bias") as Tensor1D;
      const inputs = tf.tensor1d(batch.inputs, "int32");
      const targets = tf.tensor1d(batch.targets, "int32");
      const input = networkInput(tf, items, views.get("context") as Tensor2D | undefined, batch);
      const body = this.#body(views, input.value, batch, options.dropout);

      const negatives = options.negatives && tf.tensor1d(options.negatives, "int32");
      const entropy = crossEntropy(tf, {
        states: body.value,
        items: negatives ? (tf.gather(items, negatives) as Tensor2D) : items,
        // A sampled item stands for itemCount / sample of them.
        bias: negatives ? tf.add(tf.gather(bias, negatives), Math.log(itemCount / negatives.size)) : bias,
        targetItems: tf.gather(items, targets),
        targetBias: tf.gather(bias, targets),
        weights: tf.tensor1d(batch.weights),
        someNegative: batch.weights.some((weight) => weight < 0),
        ...(options.negatives && {
          targetTimes: tf.tensor1d(targetTimes(batch.targets, options.negatives, itemCount)),
        }),
      });
      const gradients = body.backward(entropy.states);
      // One scatter for everything that reached the item vectors row by row.
      const byInput = input.backward(gradients.get("input") as Tensor2D);
      const sparse: [Tensor1D, Tensor2D][] = [
        [inputs, tf.concat2d([byInput.input, tf.zeros([inputs.size, 1])], 1)],
        [targets, entropy.targets],
      ];
      if (negatives) sparse.push([negatives, entropy.items]);
      let byItems = tf.unsortedSegmentSum(
        tf.concat2d(
          sparse.map(([, rows]) => rows),
          0,
        ),
        tf.concat1d(sparse.map(([ids]) => ids)),
        present,
      ) as Tensor2D;
      if (!negatives) byItems = tf.add(byItems, entropy.items);
      if (views.has("context")) gradients.set("context", byInput.context ?? tf.zerosLike(views.get("context")!));
      const byVectors = tf.slice(byItems, [0, 0], [present, width]);
      if (features) gradients.set("projection", tf.matMul(features, byVectors, true));
      gradients.set("items", known ? tf.mul(byVectors, known) : byVectors);
      gradients.set("bias", tf.slice(byItems, [0, width], [present, 1]));
      const flat = slots.map((slot) => tf.reshape(gradients.get(slot.name)!, [slot.size]) as Tensor1D);
      const count = batch.weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
      return { loss: entropy.loss, gradient: tf.div(tf.concat1d(flat), Math.max(1, count)) };
    });
  }

  /** The state at each position, [length * rows, width]; logits are its products with the item vectors. */
  states(parameters: Tensor1D, inputs: PositionInputs): Tensor2D {
    const tf = this.#tf;
    return tf.tidy(() => {
      const views = this.#views(parameters, this.#slots);
      const items = this.#itemVectors(views, this.#features);
      const input = networkInput(tf, items, views.get("context") as Tensor2D | undefined, inputs);
      return this.#body(views, input.value, inputs).value;
    });
  }

  /** A parameter by its name, as a tensor of its shape. */
  view(parameters: Tensor1D, name: string): Tensor {
    const slot = this.#slots.find((candidate) => candidate.name === name)!;
    const tf = this.#tf;
    return tf.tidy(() => tf.reshape(tf.slice(parameters, [slot.offset], [slot.size]), slot.shape as number[]));
  }

  dispose(): void {
    this.#features?.dispose();
    for (const { places } of this.#indices.values()) places.dispose();
    this.#indices.clear();
  }

  #views(parameters: Tensor1D, slots: readonly ParameterSlot[]): Map<string, Tensor> {
    const tf = this.#tf;
    const parts = tf.split(
      parameters,
      slots.map((slot) => slot.size),
    );
    return new Map(slots.map((slot, at) => [slot.name, tf.reshape(parts[at]!, slot.shape as number[])]));
  }

  /** The vector of each item: its own plus the projection of its metadata. */
  #itemVectors(views: ReadonlyMap<string, Tensor>, features?: Tensor2D, known?: Tensor2D): Tensor2D {
    const own = views.get("items") as Tensor2D;
    if (!features) return own;
    const tf = this.#tf;
    const ofContent = tf.matMul(features, views.get("projection") as Tensor2D);
    return tf.add(known ? tf.mul(own, known) : own, ofContent);
  }

  /** From the input to states; the derivatives come by parameter name, that by the input under `input`. */
  #body(
    views: ReadonlyMap<string, Tensor>,
    input: Tensor2D,
    { length, ages }: PositionInputs,
    dropout?: (size: number) => Float32Array,
  ): Part<Map<string, Tensor>> {
    const tf = this.#tf;
    const { layers } = this.#shape;
    const view = <T extends Tensor | undefined>(name: string): T => views.get(name) as T;
    const mixer = this.#mixerOf(length, ages);
    const drop = (x: Tensor2D): { kept: Tensor2D; mask: Tensor2D | undefined } => {
      if (!dropout) return { kept: x, mask: undefined };
      const mask = tf.tensor2d(dropout(x.size), x.shape);
      return { kept: tf.mul(x, mask), mask };
    };
    const undrop = (gradient: Tensor2D, mask: Tensor2D | undefined): Tensor2D =>
      mask ? tf.mul(gradient, mask) : gradient;

    let x = input;
    const backwards: ((gradient: Tensor2D, all: Map<string, Tensor>) => Tensor2D)[] = [];
    for (let layer = 0; layer < layers; layer++) {
      const named = <T extends Tensor | undefined>(name: string): T => view<T>(`${layer}.${name}`);
      const norm1 = rmsNorm(tf, x);
      const mixed = mixer(norm1.value, named);
      const first = drop(mixed.value);
      const between = tf.add(x, first.kept) as Tensor2D;
      const norm2 = rmsNorm(tf, between);
      const gated = gatedLayer(tf, norm2.value, named("gate"), named("value"), named("out"));
      const second = drop(gated.value);
      x = tf.add(between, second.kept) as Tensor2D;
      backwards.unshift((gradient, all) => {
        const set = (name: string, value: Tensor): unknown => all.set(`${layer}.${name}`, value);
        const byGated = gated.backward(undrop(gradient, second.mask));
        const byBetween = tf.add(gradient, norm2.backward(byGated.x)) as Tensor2D;
        const byMixed = mixed.backward(undrop(byBetween, first.mask));
        set("gate", byGated.gate);
        set("value", byGated.value);
        set("out", byGated.out);
        for (const [name, value] of byMixed.others) set(name, value);
        return tf.add(byBetween, norm1.backward(byMixed.x));
      });
    }
    const final = rmsNorm(tf, x);
    const gain = view<Tensor1D>("gain");
    return {
      value: tf.mul(final.value, gain),
      backward(gradient) {
        const all = new Map<string, Tensor>();
        all.set("gain", tf.sum(tf.mul(gradient, final.value), 0));
        const byFinal = final.backward(tf.mul(gradient, gain));
        all.set(
          "input",
          backwards.reduce<Tensor2D>((rest, backward) => backward(rest, all), byFinal),
        );
        return all;
      },
    };
  }

  /** What mixes the positions of sequences of this length, given a layer's parameters. */
  #mixerOf(length: number, ages: Int32Array | undefined): TimeMixer {
    const tf = this.#tf;
    const { width, kernels, length: most, body } = this.#shape;
    if (body === "attention") {
      const places = this.#kept(length, () => attentionPlaces(tf, length, headsOf(width), most)) as AttentionPlaces;
      return (x, named) => {
        const weights = {
          project: named<Tensor2D>("project"),
          distances: named<Tensor2D>("distances"),
          ages: named<Tensor2D | undefined>("ages"),
          merge: named<Tensor2D>("merge"),
        };
        const { value, backward } = attend(tf, x, weights, places, ages);
        return { value, backward: (gradient) => apart(backward(gradient)) };
      };
    }
    const index = this.#kept(length, () => mixingIndex(tf, length, kernels, most)) as MixingIndex;
    return (x, named) => {
      const { value, backward } = mixOverTime(tf, x, named("positions"), named("mix"), index);
      return { value, backward: (gradient) => apart(backward(gradient)) };
    };
  }

  #kept(length: number, make: () => MixingIndex | AttentionPlaces): MixingIndex | AttentionPlaces {
    let index = this.#indices.get(length);
    if (!index) {
      index = make();
      this.#tf.keep(index.places as Tensor);
      this.#indices.set(length, index);
    }
    return index;
  }
}

/** Mixing over time, with a layer's parameters by name. */
type TimeMixer = (
  x: Tensor2D,
  named: <T extends Tensor | undefined>(name: string) => T,
) => Part<{ readonly x: Tensor2D; readonly others: readonly [string, Tensor][] }>;

function apart<T extends { readonly x: Tensor2D }>({ x, ...others }: T): { x: Tensor2D; others: [string, Tensor][] } {
  return { x, others: Object.entries(others) as [string, Tensor][] };
}
