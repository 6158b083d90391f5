import type { Random } from "@palate/numeric";
import { ContextRows, contextRows, type ContextLayout } from "../sequences/position-context.js";
import { itemCounts, type Sequences } from "../sequences/sequences.js";
import { AGE_ROWS } from "./attention-ages.js";
import { headsOf } from "./attention.js";

/** What mixes over time instead of position kernels. */
export type BodyKind = "attention";

/** The shape of the mixer network. */
export interface MixerShape {
  readonly itemCount: number;
  /** Width of the item vectors and of every layer; a multiple of 16. */
  readonly width: number;
  /** Blocks of mixing over time and a gated layer. */
  readonly layers: number;
  /** Learned position kernels per block. */
  readonly kernels: number;
  /** Interactions looked back, at most. */
  readonly length: number;
  /** What it is given at a position beside the item; absent: nothing. */
  readonly context?: ContextLayout;
  /** Features of an item's metadata, which a learned projection turns into a part of its vector; absent: none. */
  readonly content?: number;
  /** What mixes over time: attention, or where absent position kernels. */
  readonly body?: BodyKind;
}

/** Where a parameter lies in the one flat vector that holds them all. */
export interface ParameterSlot {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly size: number;
}

/** The slots of all parameters in order; their names are those in a stored model, after `mixer.`. */
export function parameterSlots({
  itemCount,
  width,
  layers,
  kernels,
  length,
  context,
  content = 0,
  body,
}: MixerShape): readonly ParameterSlot[] {
  const slots: ParameterSlot[] = [];
  let offset = 0;
  const add = (name: string, ...shape: number[]): void => {
    const size = shape.reduce((product, x) => product * x, 1);
    slots.push({ name, shape, offset, size });
    offset += size;
  };
  add("items", itemCount, width);
  add("bias", itemCount);
  const rows = context ? contextRows(context) : 0;
  if (rows > 0) add("context", rows, width);
  if (content > 0) add("projection", content, width);
  for (let layer = 0; layer < layers; layer++) {
    if (body === "attention") {
      const heads = headsOf(width);
      add(`${layer}.project`, width, 4 * width);
      add(`${layer}.distances`, heads, length);
      if (context?.longestGap) add(`${layer}.ages`, heads, AGE_ROWS);
      add(`${layer}.merge`, width, width);
    } else {
      add(`${layer}.positions`, kernels, length);
      add(`${layer}.mix`, kernels, width, width);
    }
    add(`${layer}.gate`, width, 2 * width);
    add(`${layer}.value`, width, 2 * width);
    add(`${layer}.out`, 2 * width, width);
  }
  add("gain", width);
  return slots;
}

/** Decay per step of the position kernels at the start; further kernels start between the last two. */
const FIRST_DECAYS = [0, 0.5, 0.8, 0.95];

/**
 * Random start: item vectors of standard deviation 0.02, kernels as normalised exponential decays, the item bias as
 * the centred logarithm of the item's count.
 */
export function initialParameters(shape: MixerShape, { items }: Sequences, random: Random): Float32Array {
  const slots = parameterSlots(shape);
  const last = slots[slots.length - 1]!;
  const values = new Float32Array(last.offset + last.size);
  for (const slot of slots) {
    const part = values.subarray(slot.offset, slot.offset + slot.size);
    const normal = (deviation: number): unknown => part.forEach((_, at) => (part[at] = deviation * random.normal()));
    if (slot.name === "items" || slot.name === "projection") normal(0.02);
    else if (slot.name === "context") contextStart(part, shape, random);
    else if (slot.name === "bias") part.set(firstBias(items, shape.itemCount));
    else if (slot.name === "gain") part.fill(1);
    else if (slot.name.endsWith("positions")) decayKernels(part, shape);
    else if (slot.name.endsWith("distances")) part.set(firstDistances(shape));
    else if (slot.name.endsWith("ages")) part.fill(0);
    else normal(1 / Math.sqrt(slot.shape.at(-2)! * (slot.name.endsWith("mix") ? shape.kernels : 1)));
  }
  return values;
}

/** All rows start at zero but that of the start of a sequence, which takes the place of an item. */
function contextStart(table: Float32Array, { context, width }: MixerShape, random: Random): void {
  const { start } = new ContextRows(context!);
  for (let c = 0; start >= 0 && c < width; c++) table[start * width + c] = 0.02 * random.normal();
}

/** Bias of items without interactions: it keeps them out of the softmax, which would only learn that they are new. */
const UNSEEN_BIAS = -20;

/** The bias of each item at the start: how popular it is. */
function firstBias(items: Int32Array, itemCount: number): Float32Array {
  const bias = logPopularity(items, itemCount);
  const seen = new Uint8Array(itemCount);
  for (const item of items) seen[item] = 1;
  return bias.map((value, item) => (seen[item] === 1 ? value : UNSEEN_BIAS));
}

/** The centred logarithm of each item's count, one added to each. */
export function logPopularity(items: Int32Array, itemCount: number): Float32Array {
  const logs = Float32Array.from(itemCounts({ items, itemCount }));
  let mean = 0;
  for (let item = 0; item < itemCount; item++) mean += (logs[item] = Math.log(1 + logs[item]!)) / itemCount;
  return logs.map((value) => value - mean);
}

function decayKernels(positions: Float32Array, { kernels, length }: MixerShape): void {
  for (let kernel = 0; kernel < kernels; kernel++) {
    const decay = FIRST_DECAYS[kernel] ?? 0.95 ** (1 / (kernel - 2));
    let sum = 0;
    for (let back = 0; back < length; back++) sum += decay ** back;
    for (let back = 0; back < length; back++) positions[kernel * length + back] = decay ** back / sum;
  }
}

/** The initial attention of a head falls as this power of the distance; the last one is for all further heads. */
const FIRST_POWERS = [3, 1.5, 0.75, 0.25];

function firstDistances({ width, length }: MixerShape): Float32Array {
  const heads = headsOf(width);
  return Float32Array.from({ length: heads * length }, (_, at) => {
    const power = FIRST_POWERS[Math.floor(at / length)] ?? FIRST_POWERS.at(-1)!;
    return -power * Math.log(1 + (at % length));
  });
}
