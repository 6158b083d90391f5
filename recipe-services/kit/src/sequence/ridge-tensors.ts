import type { NamedTensor } from "../tensor/index.js";
import { DenseRidge } from "./dense-ridge.js";
import type { Ridge } from "./ridge.js";
import type { RidgeOptions } from "./ridge-statistics.js";
import { SparseRidge } from "./sparse-ridge.js";

/** What a stored ridge says about itself beside its tensors; plain JSON. */
export interface RidgeMetadata {
  readonly kind: "dense" | "sparse";
  readonly options: RidgeOptions;
  /** Factor that the stored weights were multiplied with; 1 where they were not. */
  readonly scale: number;
}

/** What is stored of a ridge beside `toTensors`. */
export function ridgeMetadata(ridge: Ridge): RidgeMetadata {
  const { kind, options } = ridge;
  return { kind, options, scale: ridge instanceof DenseRidge ? ridge.scale : 1 };
}

/** Reads a ridge back. Throws Error when a tensor is missing or of another type. */
export function ridgeFromTensors(
  tensors: ReadonlyMap<string, NamedTensor>,
  { kind, options, scale }: RidgeMetadata,
): Ridge {
  return kind === "dense" ? DenseRidge.fromTensors(tensors, options, scale) : SparseRidge.fromTensors(tensors, options);
}
