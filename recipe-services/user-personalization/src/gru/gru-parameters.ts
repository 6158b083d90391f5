import type { Random } from "@palate/numeric";
import { logPopularity, type ParameterSlot } from "@palate/sequence";

/** The shape of the recurrent network. */
export interface GruShape {
  readonly itemCount: number;
  /** Length of the item vectors; a multiple of 16. */
  readonly width: number;
  /** Units of the recurrent layer; a multiple of 16. */
  readonly hidden: number;
  /** Metadata features of an item; 0 leaves metadata out. */
  readonly itemFeatures: number;
  /** Metadata features of a user; 0 leaves metadata out. */
  readonly userFeatures: number;
}

/** Kinds of time that may have passed since the interaction before: see `gapBucket`. */
export const GAP_BUCKETS = 32;

/** Which of the kinds of gap so many seconds are: logarithmic, the first under a second, the last over twenty years. */
export function gapBucket(seconds: number): number {
  return Math.min(GAP_BUCKETS - 1, Math.floor(1.1 * Math.log2(1 + Math.max(0, seconds))));
}

/**
 * The slots of all parameters in the one flat vector that holds them, in order; their names are those in a stored model,
 * after `gru.`. Row `itemCount` of `items` stands for the start of a history.
 */
export function gruSlots({ itemCount, width, hidden, itemFeatures, userFeatures }: GruShape): readonly ParameterSlot[] {
  const slots: ParameterSlot[] = [];
  let offset = 0;
  const add = (name: string, ...shape: number[]): void => {
    const size = shape.reduce((product, x) => product * x, 1);
    slots.push({ name, shape, offset, size });
    offset += size;
  };
  add("items", itemCount + 1, width);
  add("bias", itemCount);
  add("gaps", GAP_BUCKETS, width);
  add("input", width, 3 * hidden);
  add("inputBias", 3 * hidden);
  add("recurrent", hidden, 3 * hidden);
  add("recurrentBias", hidden);
  add("output", hidden, width);
  add("gain", width);
  if (itemFeatures > 0) {
    add("itemFeatures", itemFeatures, width);
    add("featureBias", itemFeatures, 1);
  }
  if (userFeatures > 0) add("userFeatures", userFeatures, width);
  return slots;
}

/** Floats of the flat vector. */
export function gruSize(shape: GruShape): number {
  const last = gruSlots(shape).at(-1)!;
  return last.offset + last.size;
}

/**
 * Random start: item vectors of standard deviation 0.02, matrices by their number of inputs, the update gate towards
 * remembering, the item bias as the centred logarithm of the item's count.
 * @param items the interactions that items are counted in
 */
export function initialGruParameters(shape: GruShape, items: Int32Array, random: Random): Float32Array {
  const values = new Float32Array(gruSize(shape));
  const { hidden } = shape;
  for (const { name, shape: dimensions, offset, size } of gruSlots(shape)) {
    const part = values.subarray(offset, offset + size);
    const normal = (deviation: number): unknown => part.forEach((_, at) => (part[at] = deviation * random.normal()));
    if (name === "items" || name === "itemFeatures" || name === "userFeatures") normal(0.02);
    else if (name === "bias") part.set(logPopularity(items, shape.itemCount));
    else if (name === "gain") part.fill(1);
    else if (name === "inputBias") part.fill(REMEMBERING, hidden, 2 * hidden);
    else if (name === "input" || name === "recurrent" || name === "output") normal(1 / Math.sqrt(dimensions[0]!));
  }
  return values;
}

/** The update gate's first bias: a little more is kept than is replaced. */
const REMEMBERING = 0.5;
