import type { NamedTensor } from "@palate/numeric";

/** A trained model as it is stored: tensors by name, and a record of everything that is not a tensor. */
export interface Artifact {
  /** Tensors by name. */
  readonly tensors: ReadonlyMap<string, NamedTensor>;
  /** JSON values by name. */
  readonly metadata: Readonly<Record<string, unknown>>;
}
