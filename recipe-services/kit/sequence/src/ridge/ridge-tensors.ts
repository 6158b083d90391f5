import type { NamedTensor } from "@palate/numeric";
import { ContentRidge } from "./content-ridge.js";
import { DenseRidge } from "./dense-ridge.js";
import type { RidgeOptions } from "./ridge-statistics.js";
import type { Ridge } from "./ridge.js";
import { SparseRidge } from "./sparse-ridge.js";

/** What is stored of a ridge beside its tensors; plain JSON. */
export interface RidgeMetadata {
  readonly kind: "dense" | "sparse";
  readonly options: RidgeOptions;
  /** Factor that the stored weights were multiplied with; 1 where they were not. */
  readonly scale: number;
  /** The weight of metadata neighbours, under the name that stored models have it by; absent where there are none. */
  readonly alike?: number;
}

/** What is stored of a ridge beside `toTensors`. */
export function ridgeMetadata(ridge: Ridge): RidgeMetadata {
  if (ridge instanceof ContentRidge) return { ...ridgeMetadata(ridge.ridge), alike: ridge.neighbours.weight };
  const { kind, options } = ridge;
  return { kind, options, scale: ridge instanceof DenseRidge ? ridge.scale : 1 };
}

/**
 * Reads a ridge back.
 * @throws Error when a tensor is missing or of another type
 */
export function ridgeFromTensors(
  tensors: ReadonlyMap<string, NamedTensor>,
  { kind, options, scale, alike: weight }: RidgeMetadata,
): Ridge {
  const ridge =
    kind === "dense" ? DenseRidge.fromTensors(tensors, options, scale) : SparseRidge.fromTensors(tensors, options);
  return weight === undefined ? ridge : ContentRidge.fromTensors(tensors, ridge, weight);
}
