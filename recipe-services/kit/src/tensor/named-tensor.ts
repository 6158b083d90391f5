/** Element types a stored tensor may have; the names are those of the safetensors format. */
export type TensorDtype = "F32" | "F16" | "I32" | "U8";

/** A tensor as it is stored: row-major, little-endian. F16 elements are held as their bits in a Uint16Array. */
export interface NamedTensor {
  readonly dtype: TensorDtype;
  /** Lengths of the dimensions; their product is `data.length`. */
  readonly shape: readonly number[];
  readonly data: Float32Array | Uint16Array | Int32Array | Uint8Array;
}
