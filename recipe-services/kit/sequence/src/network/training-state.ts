import { textsOf, textTensors, tensorOf, type NamedTensor, type Random } from "@palate/numeric";
import type { Artifact } from "@palate/recipe";
import type { TrainingState } from "../optimisation/training-loop.js";
import { ContextRows } from "../sequences/position-context.js";
import type { Sequences } from "../sequences/sequences.js";
import type { ItemContent } from "./item-content.js";
import { initialParameters, parameterSlots, type MixerShape } from "./mixer-parameters.js";
import type { StoredNetwork } from "./network-scorer.js";

/** Where the training of a mixer network is. */
export interface MixerState extends TrainingState<MixerShape> {
  /** The network that was finished before this one in the same training; absent: this is the first. */
  readonly before?: StoredNetwork | undefined;
}

/** A network that was trained before, to start from. */
export interface EarlierNetwork extends StoredNetwork {
  /** Its number for each item of the training; -1 for items that it does not know. */
  readonly itemOf: (item: number) => number;
}

const ARRAYS = ["parameters", "average", "mean", "square"] as const;

/** The state as an artefact, with the external ids of the items that its numbers belong to. The shape is plain JSON. */
export function toStateArtifact<Shape>(
  { shape, adam, used, seconds, before }: TrainingState<Shape> & { readonly before?: StoredNetwork | undefined },
  itemIds: readonly string[],
): Artifact {
  const tensors = new Map<string, NamedTensor>(textTensors("itemIds", itemIds));
  for (const name of ARRAYS) {
    tensors.set(`state.${name}`, { dtype: "F32", shape: [adam[name].length], data: adam[name] });
  }
  if (before) {
    const { parameters } = before;
    tensors.set("state.before", { dtype: "F32", shape: [parameters.length], data: parameters });
  }
  const stored = { shape, steps: adam.steps, used, seconds, ...(before && { before: before.shape }) };
  return { tensors, metadata: { trainingState: stored } };
}

/**
 * Reads a state back.
 * @returns undefined when it belongs to other items than these, because the data has grown since
 */
export function fromStateArtifact<Shape = MixerShape>(
  { tensors, metadata }: Artifact,
  itemIds: readonly string[],
): (TrainingState<Shape> & { readonly before?: StoredNetwork }) | undefined {
  const stored = metadata["trainingState"] as
    (Omit<TrainingState<Shape>, "adam"> & { steps: number; before?: MixerShape }) | undefined;
  if (!stored) return undefined;
  const known = textsOf(tensors, "itemIds");
  if (known.length !== itemIds.length || known.some((id, item) => id !== itemIds[item])) return undefined;
  const data = (name: (typeof ARRAYS)[number]): Float32Array => tensorOf(tensors, `state.${name}`, "F32").data;
  const { shape, steps, used, seconds } = stored;
  const adam = {
    parameters: data("parameters"),
    average: data("average"),
    mean: data("mean"),
    square: data("square"),
    steps,
  };
  const before = stored.before && {
    shape: stored.before,
    parameters: tensorOf(tensors, "state.before", "F32").data,
  };
  return { shape, adam, used, seconds, ...(before && { before }) };
}

/**
 * Parameters to start from that continue an earlier network: its layers and the vectors of items that it knew. What is new
 * starts at random, and everything does when the network is to have another width or number of layers.
 */
export function continuedParameters(
  shape: MixerShape,
  sequences: Sequences,
  random: Random,
  earlier: EarlierNetwork,
  content?: ItemContent,
): Float32Array {
  const values = initialParameters(shape, sequences, random);
  const before = new Map(parameterSlots(earlier.shape).map((slot) => [slot.name, slot]));
  const { width, itemCount } = shape;
  const slots = parameterSlots(shape);
  const fits = slots.every(({ name, size }) => {
    if (["items", "bias", "context", "projection"].includes(name)) return true;
    return before.get(name)?.size === size;
  });
  if (!fits || earlier.shape.width !== width) return values;
  for (const { name, offset, size } of slots) {
    const old = before.get(name);
    if (name === "context" && old) continueContext(values.subarray(offset, offset + size), shape, earlier);
    if (["items", "bias", "context"].includes(name) || old?.size !== size) continue;
    values.set(earlier.parameters.subarray(old.offset, old.offset + size), offset);
  }
  const at = (name: string): number => slots.find((slot) => slot.name === name)?.offset ?? -1;
  const [items, bias, projection] = [at("items"), at("bias"), at("projection")];
  for (let item = 0; item < itemCount; item++) {
    const own = earlier.itemOf(item);
    if (own < 0) continue;
    const from = before.get("items")!.offset + own * width;
    const to = items + item * width;
    values.set(earlier.parameters.subarray(from, from + width), to);
    values[bias + item] = earlier.parameters[before.get("bias")!.offset + own]!;
    // In an earlier model metadata is part of the vectors: what the new projection adds is taken off again.
    for (let f = 0; content && projection >= 0 && f < content.width; f++) {
      const feature = content.features[item * content.width + f]!;
      if (feature === 0) continue;
      for (let c = 0; c < width; c++) values[to + c]! -= feature * values[projection + f * width + c]!;
    }
  }
  return values;
}

/** Rows of the context table that the earlier network has, too, by what they stand for. */
function continueContext(table: Float32Array, { context, width }: MixerShape, earlier: EarlierNetwork): void {
  const old = parameterSlots(earlier.shape).find(({ name }) => name === "context")!;
  const known = new Map(new ContextRows(earlier.shape.context!).names().map((name, row) => [name, row]));
  new ContextRows(context!).names().forEach((name, row) => {
    const from = known.get(name);
    if (from === undefined) return;
    const start = old.offset + from * width;
    table.set(earlier.parameters.subarray(start, start + width), row * width);
  });
}
