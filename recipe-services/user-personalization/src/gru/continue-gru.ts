import { solveRidge } from "@palate/sequence";
import type { TensorBackend } from "@palate/tensorflow";
import { gruSlots, type GruShape } from "./gru-parameters.js";
import type { Features } from "./gru-steps.js";

/** A recurrent network that was trained before, to start from. */
export interface EarlierGru {
  readonly shape: GruShape;
  /** Flat, in the order of its own `gruSlots`. */
  readonly parameters: Float32Array;
  /** Its number for each item of the training; -1 for items that it does not know. */
  readonly itemOf: (item: number) => number;
  /** Metadata of the training's items and users as it took them, where they took part. */
  readonly itemFeatures?: Features | undefined;
  readonly userFeatures?: Features | undefined;
}

/** The metadata that the training goes by, where it takes part. */
export interface GruFeatures {
  readonly itemFeatures?: Features | undefined;
  readonly userFeatures?: Features | undefined;
}

/** Rows from which one kind of metadata is translated into the other, at most. */
const MAX_ROWS = 20_000;
/** Regularisation of the translation, as a share of the features' mean square. */
const LAMBDA = 1e-4;

/** What metadata adds to vectors: [width of the features, columns], row-major. */
interface Projection {
  readonly values: Float32Array;
  readonly columns: number;
}

/**
 * Parameters to start from that continue an earlier network: its layers and the vectors of items that it knew. Metadata may
 * have other features by now (a content tower fitted anew has other axes): what the earlier network made of its features is
 * fitted by the new ones, and known items keep their vectors whole. What is new starts at random.
 * @param shape of the same width and number of units as the earlier one's
 * @param initial parameters at random, of that shape; overwritten
 */
export async function continuedGruParameters(
  backend: TensorBackend,
  shape: GruShape,
  initial: Float32Array,
  earlier: EarlierGru,
  { itemFeatures, userFeatures }: GruFeatures,
): Promise<Float32Array> {
  const { width, itemCount } = shape;
  const part = (of: GruShape, values: Float32Array, name: string): Float32Array => {
    const slot = gruSlots(of).find((candidate) => candidate.name === name);
    return slot ? values.subarray(slot.offset, slot.offset + slot.size) : new Float32Array(0);
  };
  const now = (name: string): Float32Array => part(shape, initial, name);
  const before = (name: string): Float32Array => part(earlier.shape, earlier.parameters, name);
  for (const name of ["gaps", "input", "inputBias", "recurrent", "recurrentBias", "output", "gain"])
    now(name).set(before(name));

  const projections = {
    before: joined(before("itemFeatures"), before("featureBias"), width),
    now: joined(now("itemFeatures"), now("featureBias"), width),
  };
  if (itemFeatures && earlier.itemFeatures) {
    projections.now = await translated(backend, earlier.itemFeatures, projections.before, itemFeatures);
    split(projections.now, now("itemFeatures"), now("featureBias"), width);
  }
  if (userFeatures && earlier.userFeatures) {
    const users = { values: before("userFeatures"), columns: width };
    now("userFeatures").set((await translated(backend, earlier.userFeatures, users, userFeatures)).values);
  }

  const [items, bias] = [now("items"), now("bias")];
  const [oldItems, oldBias] = [before("items"), before("bias")];
  items.set(oldItems.subarray(earlier.shape.itemCount * width), itemCount * width);
  const moved = new Float32Array(width + 1);
  for (let item = 0; item < itemCount; item++) {
    const own = earlier.itemOf(item);
    if (own < 0) continue;
    // What its metadata adds from now on is taken off, what it added before is kept.
    moved.set(oldItems.subarray(own * width, (own + 1) * width));
    moved[width] = oldBias[own]!;
    addRow(moved, earlier.itemFeatures, item, projections.before, 1);
    addRow(moved, itemFeatures, item, projections.now, -1);
    items.set(moved.subarray(0, width), item * width);
    bias[item] = moved[width]!;
  }
  return initial;
}

/** The projection of new features that comes closest to what another one makes of old ones, by rows of both. */
async function translated(
  backend: TensorBackend,
  old: Features,
  projection: Projection,
  features: Features,
): Promise<Projection> {
  const { columns } = projection;
  const { width, count } = features;
  const gram = new Float32Array(width * width);
  const right = new Float32Array(width * columns);
  const target = new Float32Array(columns);
  const stride = Math.max(1, Math.ceil(count / MAX_ROWS));
  for (let row = 0; row < count; row += stride) {
    target.fill(0);
    addRow(target, old, row, projection, 1);
    const from = row * width;
    for (let i = 0; i < width; i++) {
      const value = features.values[from + i]!;
      if (value === 0) continue;
      for (let j = 0; j <= i; j++) gram[i * width + j]! += value * features.values[from + j]!;
      for (let c = 0; c < columns; c++) right[i * columns + c]! += value * target[c]!;
    }
  }
  let squares = 0;
  for (let i = 0; i < width; i++) squares += gram[i * width + i]!;
  const lambda = Math.max(1e-6, (LAMBDA * squares) / width);
  return { values: await solveRidge(backend, { gram, right, size: width, lambda }), columns };
}

/** Adds `sign` times what a row's metadata adds by a projection. */
function addRow(out: Float32Array, features: Features | undefined, row: number, by: Projection, sign: number): void {
  for (let f = 0; features !== undefined && f < features.width; f++) {
    const value = sign * features.values[row * features.width + f]!;
    if (value === 0) continue;
    for (let c = 0; c < by.columns; c++) out[c]! += value * by.values[f * by.columns + c]!;
  }
}

/** Vectors and biases side by side. */
function joined(vectors: Float32Array, biases: Float32Array, width: number): Projection {
  const columns = width + 1;
  const values = new Float32Array(biases.length * columns);
  for (let f = 0; f < biases.length; f++) {
    values.set(vectors.subarray(f * width, (f + 1) * width), f * columns);
    values[f * columns + width] = biases[f]!;
  }
  return { values, columns };
}

function split({ values, columns }: Projection, vectors: Float32Array, biases: Float32Array, width: number): void {
  for (let f = 0; f < biases.length; f++) {
    vectors.set(values.subarray(f * columns, f * columns + width), f * width);
    biases[f] = values[f * columns + width]!;
  }
}
