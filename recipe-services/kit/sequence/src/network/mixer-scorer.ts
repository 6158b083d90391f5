import { CoarseScan, SimdArena, type Region } from "@palate/numeric";
import type { ContextRows } from "../sequences/position-context.js";
import type { UserHistory } from "../sequences/user-history.js";
import { historyAges } from "./attention-ages.js";
import { AttentionScorer, type AttentionLayer } from "./attention-scorer.js";
import { parameterSlots, type MixerShape } from "./mixer-parameters.js";
import type { NetworkScorer, StoredNetwork } from "./network-scorer.js";
import { ScorerInput } from "./scorer-input.js";

const EPSILON = 1e-5;
/** Room for items added after training: a number, or a share of the trained items if that is more. */
const SPARE_ITEMS = 256;
const SPARE_SHARE = 0.1;

interface Mixing {
  /** [kernels, length]: the weights of each kernel, the farthest position first, so that those for t positions are its last t. */
  readonly reversed: Region<Float32Array>;
  readonly mix: Region<Float32Array>;
}

interface Layer {
  readonly mixing: Mixing | AttentionLayer;
  readonly gate: Region<Float32Array>;
  readonly value: Region<Float32Array>;
  readonly out: Region<Float32Array>;
}

/**
 * The forward pass of a trained network for one history at a time, with SIMD kernels and without TensorFlow. The last block is
 * computed for the last position only, which is all that a prediction needs.
 */
export class MixerScorer implements NetworkScorer {
  readonly shape: MixerShape;
  readonly #parameters: Float32Array;
  readonly #arena: SimdArena;
  readonly #items: Region<Float32Array>;
  readonly #bias: Float32Array;
  #itemCount: number;
  readonly #input: ScorerInput;
  readonly #layers: readonly Layer[];
  readonly #gain: Float32Array;
  readonly #attention: AttentionScorer | undefined;
  /** [length, width]: the residual stream, its normalised form, and what a layer adds to it. */
  readonly #stream: Region<Float32Array>;
  readonly #normal: Region<Float32Array>;
  readonly #change: Region<Float32Array>;
  /** [kernels, length, width] */
  readonly #mixed: Region<Float32Array>;
  /** [length, 2 width] */
  readonly #opened: Region<Float32Array>;
  readonly #valued: Region<Float32Array>;
  readonly #logits: Region<Float32Array>;
  #coarse: CoarseScan | undefined;

  /**
   * @param parameters flat, in the order of `parameterSlots`; kept, not copied
   * @param canGrow whether there is to be room for items that were not trained on
   */
  constructor(shape: MixerShape, parameters: Float32Array, canGrow = false) {
    const { itemCount, width, layers, kernels, length } = shape;
    this.shape = shape;
    this.#parameters = parameters;
    const slots = new Map(parameterSlots(shape).map((slot) => [slot.name, slot]));
    const part = (name: string): Float32Array => {
      const slot = slots.get(name)!;
      return parameters.subarray(slot.offset, slot.offset + slot.size);
    };
    const attention = shape.body === "attention";
    const most = canGrow ? itemCount + spareItems(itemCount) : itemCount;
    this.#itemCount = itemCount;
    const perLayer = [
      ...(attention ? AttentionScorer.layerSizes(shape) : [kernels * length, kernels * width * width]),
      2 * width * width,
      2 * width * width,
      2 * width * width,
    ];
    const sizes = [
      ...[most * width, most, length * width, length * width, length * width, attention ? 0 : kernels * length * width],
      ...(attention ? AttentionScorer.scratchSizes(shape) : []),
      ...[2 * length * width, 2 * length * width],
      ...Array.from({ length: layers }, () => perLayer).flat(),
    ];
    this.#arena = new SimdArena(sizes.reduce((sum, size) => sum + SimdArena.bytes(size, 4), 0));
    const filled = (values: Float32Array): Region<Float32Array> => {
      const region = this.#arena.float32(values.length);
      region.view.set(values);
      return region;
    };
    this.#items = this.#arena.float32(most * width);
    this.#items.view.set(part("items"));
    this.#bias = new Float32Array(most);
    this.#bias.set(part("bias"));
    this.#input = new ScorerInput(shape, slots.has("context") ? part("context") : undefined);
    this.#layers = Array.from({ length: layers }, (_, layer) => ({
      mixing: attention
        ? {
            project: filled(part(`${layer}.project`)),
            merge: filled(part(`${layer}.merge`)),
            distances: part(`${layer}.distances`),
            ages: slots.has(`${layer}.ages`) ? part(`${layer}.ages`) : undefined,
          }
        : {
            reversed: filled(reverseRows(part(`${layer}.positions`), length)),
            mix: filled(part(`${layer}.mix`)),
          },
      gate: filled(part(`${layer}.gate`)),
      value: filled(part(`${layer}.value`)),
      out: filled(part(`${layer}.out`)),
    }));
    this.#gain = part("gain");
    this.#stream = this.#arena.float32(length * width);
    this.#normal = this.#arena.float32(length * width);
    this.#change = this.#arena.float32(length * width);
    this.#mixed = this.#arena.float32(attention ? 0 : kernels * length * width);
    this.#attention = attention ? new AttentionScorer(this.#arena, shape) : undefined;
    this.#opened = this.#arena.float32(2 * length * width);
    this.#valued = this.#arena.float32(2 * length * width);
    this.#logits = this.#arena.float32(most);
  }

  /** The flat parameters given at construction. */
  get parameters(): Float32Array {
    return this.#parameters;
  }

  /** Itself. */
  get networks(): readonly StoredNetwork[] {
    return [{ shape: this.shape, parameters: this.#parameters }];
  }

  /** Width of the item vectors. */
  get vectorWidth(): number {
    return this.shape.width;
  }

  /** Items that have logits: those trained on, and those added. */
  get itemCount(): number {
    return this.#itemCount;
  }

  /** The items' vectors, one row each; rows behind the last item belong to items that may be added. */
  get itemVectors(): Float32Array {
    return this.#items.view;
  }

  /**
   * Gives an item that was not trained on a vector; its number is the next one.
   * @returns its number, or -1 when there is no room for more
   */
  addItem(vector: Float32Array, bias: number): number {
    if (this.#itemCount === this.#bias.length) return -1;
    const item = this.#itemCount++;
    this.setItem(item, vector, bias);
    return item;
  }

  /** Replaces the vector of an item that was added. */
  setItem(item: number, vector: Float32Array, bias: number): void {
    this.#items.view.set(vector, item * this.shape.width);
    this.#bias[item] = bias;
    this.#coarse?.set(item, vector, bias);
  }

  /** Makes `coarse`: takes a second per million items, and a third of the items' memory. */
  scanCoarsely(): void {
    const { width } = this.shape;
    this.#coarse = new CoarseScan(width, this.#bias.length);
    for (let item = 0; item < this.#itemCount; item++) {
      this.#coarse.set(item, this.#items.view.subarray(item * width, (item + 1) * width), this.#bias[item]!);
    }
  }

  /** Finds the items with the largest logits without computing each; undefined until it is made. */
  get coarse(): CoarseScan | undefined {
    return this.#coarse;
  }

  /** What the network is given beside items. */
  get context(): ContextRows {
    return this.#input.rows;
  }

  /**
   * The vector that stands for a history (its latest `length` interactions, at least one unless sequences have a start):
   * `width` numbers.
   * @param now Unix time in seconds of what is to be predicted; NaN when it is not known
   */
  userState(history: UserHistory, now: number): Float32Array {
    const { width } = this.shape;
    const last = this.#input.write(history, now, this.#items.view, this.#stream.view) - 1;
    const ages = this.#attention && historyAges(history, now, last + 1, this.context);
    this.#layers.forEach((layer, at) => {
      // A block reads all positions of the block before it; of the last block only the last position is read.
      const from = at === this.#layers.length - 1 ? last : 0;
      this.#mixBlock(layer.mixing, from, last, ages);
      this.#gateBlock(layer, from, last);
    });
    this.#normalise(last, last);
    const state = this.#normal.view.slice(last * width, (last + 1) * width);
    for (let c = 0; c < width; c++) state[c]! *= this.#gain[c]!;
    return state;
  }

  /** Writes the logit of every item after a history with this state into `out`. */
  logitsInto(state: Float32Array, out: Float32Array): void {
    this.#scan(state);
    const logits = this.#logits.view;
    for (let item = 0; item < this.#itemCount; item++) out[item] = logits[item]! + this.#bias[item]!;
  }

  /** Adds the logit of every item after a history with this state to `out`. */
  addLogits(state: Float32Array, out: Float32Array): void {
    this.#scan(state);
    const logits = this.#logits.view;
    for (let item = 0; item < this.#itemCount; item++) {
      out[item] = Math.fround(logits[item]! + this.#bias[item]!) + out[item]!;
    }
  }

  /** Writes the logits of some items into `out`: to the last bit what `logitsInto` gives them. */
  logitsOf(state: Float32Array, items: Int32Array, out: Float32Array): void {
    const { width } = this.shape;
    const { dotScan } = this.#arena.kernels;
    const [normal, rows, logits] = [this.#normal.pointer, this.#items.pointer, this.#logits];
    this.#normal.view.set(state);
    for (let k = 0; k < items.length; k++) {
      const item = items[k]!;
      dotScan(normal, rows + 4 * width * item, 1, width, logits.pointer);
      out[k] = logits.view[0]! + this.#bias[item]!;
    }
  }

  /** Writes the products of all items' vectors with a state into `#logits`. */
  #scan(state: Float32Array): void {
    this.#normal.view.set(state);
    const { dotScan } = this.#arena.kernels;
    dotScan(this.#normal.pointer, this.#items.pointer, this.#itemCount, this.shape.width, this.#logits.pointer);
  }

  /** Positions [from, last] of the stream get the mixture of all positions up to them. */
  #mixBlock(layer: Mixing | AttentionLayer, from: number, last: number, ages: Int32Array | undefined): void {
    const { width, kernels, length } = this.shape;
    const { matMul } = this.#arena.kernels;
    const rowBytes = width * 4;
    this.#normalise(0, last);
    if (!("mix" in layer)) {
      const { pointer: normal } = this.#normal;
      this.#attention!.run(layer, { normal, from, last, ages, out: this.#change.pointer });
      this.#addChange(from, last);
      return;
    }
    // weights · (normal · mix) = (weights · normal) · mix: for a single position the second order is far cheaper.
    const sumsFirst = from === last;
    for (let kernel = 0; kernel < kernels; kernel++) {
      const mix = layer.mix.pointer + kernel * width * rowBytes;
      const mixed = this.#mixed.pointer + kernel * length * rowBytes;
      const weights = layer.reversed.pointer + (kernel + 1) * length * 4;
      if (sumsFirst) {
        const out = this.#change.pointer + last * rowBytes;
        const count = last + 1;
        matMul(weights - 4 * count, length, this.#normal.pointer, width, mixed, width, 1, count, width, 0);
        matMul(mixed, width, mix, width, out, width, 1, width, width, kernel);
        continue;
      }
      matMul(this.#normal.pointer, width, mix, width, mixed, width, last + 1, width, width, 0);
      for (let t = 0; t <= last; t++) {
        const out = this.#change.pointer + t * rowBytes;
        matMul(weights - 4 * (t + 1), length, mixed, width, out, width, 1, t + 1, width, kernel);
      }
    }
    this.#addChange(from, last);
  }

  #gateBlock(layer: Layer, from: number, last: number): void {
    const { width } = this.shape;
    const { matMul, gate } = this.#arena.kernels;
    const rows = last - from + 1;
    this.#normalise(from, last);
    const normal = this.#normal.pointer + from * width * 4;
    matMul(normal, width, layer.gate.pointer, 2 * width, this.#opened.pointer, 2 * width, rows, width, 2 * width, 0);
    matMul(normal, width, layer.value.pointer, 2 * width, this.#valued.pointer, 2 * width, rows, width, 2 * width, 0);
    gate(this.#opened.pointer, this.#valued.pointer, rows * 2 * width);
    const change = this.#change.pointer + from * width * 4;
    matMul(this.#opened.pointer, 2 * width, layer.out.pointer, width, change, width, rows, 2 * width, width, 0);
    this.#addChange(from, last);
  }

  #addChange(from: number, last: number): void {
    const { width } = this.shape;
    const stream = this.#stream.view;
    const change = this.#change.view;
    for (let at = from * width; at < (last + 1) * width; at++) stream[at]! += change[at]!;
  }

  #normalise(from: number, last: number): void {
    const { width } = this.shape;
    const stream = this.#stream.view;
    const normal = this.#normal.view;
    for (let row = from * width; row <= last * width; row += width) {
      let squares = 0;
      for (let c = 0; c < width; c++) squares += stream[row + c]! ** 2;
      const scale = 1 / Math.sqrt(squares / width + EPSILON);
      for (let c = 0; c < width; c++) normal[row + c] = stream[row + c]! * scale;
    }
  }
}

function spareItems(itemCount: number): number {
  return Math.max(SPARE_ITEMS, Math.ceil(SPARE_SHARE * itemCount));
}

function reverseRows(values: Float32Array, length: number): Float32Array {
  const reversed = values.slice();
  for (let row = 0; row < values.length; row += length) reversed.subarray(row, row + length).reverse();
  return reversed;
}
