import { invalidArgument } from "@palate/host";
import type { NamedTensor } from "@palate/numeric";
import { ELEMENT_BYTES, parseHeader, renderHeader, type TensorEntry } from "./safetensors-header.js";

// A safetensors file is little-endian, as is every machine that Node.js runs on but s390x, which we refuse to run on.
if (new Uint8Array(new Uint16Array([1]).buffer)[0] !== 1) throw new Error("Palate needs a little-endian machine.");

/** The contents of a safetensors file. */
export interface Safetensors {
  /** Tensors by name. */
  readonly tensors: ReadonlyMap<string, NamedTensor>;
  /** Texts by name. */
  readonly metadata: ReadonlyMap<string, string>;
}

const ARRAYS = { F32: Float32Array, I32: Int32Array, F16: Uint16Array, U8: Uint8Array } as const;

function checked(name: string, tensor: NamedTensor): NamedTensor {
  const elements = tensor.shape.reduce((product, length) => product * length, 1);
  if (name === "__metadata__")
    throw invalidArgument('A tensor must not be named "__metadata__"; the format reserves it.');
  if (elements !== tensor.data.length || !(tensor.data instanceof ARRAYS[tensor.dtype])) {
    const kind = `${tensor.data.constructor.name} of ${tensor.data.length}`;
    throw invalidArgument(`Tensor "${name}": ${tensor.dtype} [${tensor.shape.join(", ")}] does not fit a ${kind}.`);
  }
  return tensor;
}

/**
 * Writes the safetensors format: an 8-byte length, a JSON header, the tensors' bytes without gaps. Wide element types come
 * first, so that every tensor is aligned to its elements.
 * @returns the file in pieces: the header, then the tensors' own memory, not copied
 * @throws PalateError `invalid_argument` when a tensor's shape or element type does not fit its data
 */
export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array[] {
  const sorted = [...tensors].sort(
    ([nameA, a], [nameB, b]) => ELEMENT_BYTES[b.dtype] - ELEMENT_BYTES[a.dtype] || (nameA < nameB ? -1 : 1),
  );
  let begin = 0;
  const entries = sorted.map(([name, tensor]): TensorEntry => {
    const { dtype, shape, data } = checked(name, tensor);
    const entry = { name, dtype, shape, begin, elements: data.length };
    begin += data.byteLength;
    return entry;
  });
  const data = sorted.map(
    ([, tensor]) => new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength),
  );
  return [renderHeader(entries, metadata), ...data];
}

/** A tensor over the file's memory, or over a copy of its bytes where they are not aligned. */
function tensorAt(file: Uint8Array, { dtype, shape, begin, elements }: TensorEntry): NamedTensor {
  let { buffer } = file;
  let at = file.byteOffset + begin;
  if (at % ELEMENT_BYTES[dtype] !== 0) {
    buffer = new Uint8Array(file.subarray(begin, begin + elements * ELEMENT_BYTES[dtype])).buffer;
    at = 0;
  }
  switch (dtype) {
    case "F32":
      return { dtype, shape, data: new Float32Array(buffer, at, elements) };
    case "I32":
      return { dtype, shape, data: new Int32Array(buffer, at, elements) };
    case "F16":
      return { dtype, shape, data: new Uint16Array(buffer, at, elements) };
    case "U8":
      return { dtype, shape, data: new Uint8Array(buffer, at, elements) };
  }
}

/**
 * Reads a safetensors file. Tensors are views of its memory wherever they are aligned, which in files written by
 * {@link encodeSafetensors} and read by `readFile` is everywhere; so the file must not be changed afterwards.
 * @throws PalateError `invalid_argument` on anything that is not a whole, well-formed file
 */
export function decodeSafetensors(file: Uint8Array): Safetensors {
  const { entries, metadata } = parseHeader(file);
  const tensors = new Map(entries.map((entry) => [entry.name, tensorAt(file, entry)]));
  return { tensors, metadata };
}
