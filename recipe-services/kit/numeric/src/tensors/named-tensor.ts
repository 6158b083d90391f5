/** How the numbers of a stored tensor are laid out; names as in the safetensors format. */
export type TensorType = "F32" | "F16" | "I32" | "U8";

/** A tensor on its way to or from a model file, row-major. `F16` is held as its 16 bits. */
export type NamedTensor =
  | { readonly dtype: "F32"; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: "F16"; readonly shape: readonly number[]; readonly data: Uint16Array }
  | { readonly dtype: "I32"; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: "U8"; readonly shape: readonly number[]; readonly data: Uint8Array };

/** The tensors of a model by name. */
export type NamedTensors = Map<string, NamedTensor>;

/**
 * The tensor of this name and type.
 * @throws Error naming what was expected and what was found
 */
export function tensorOf<T extends TensorType>(
  tensors: ReadonlyMap<string, NamedTensor>,
  name: string,
  dtype: T,
): Extract<NamedTensor, { dtype: T }> {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`The model has no tensor "${name}"; it has ${[...tensors.keys()].join(", ")}.`);
  if (tensor.dtype !== dtype) throw new Error(`The model's tensor "${name}" is ${tensor.dtype}, expected ${dtype}.`);
  return tensor as Extract<NamedTensor, { dtype: T }>;
}
