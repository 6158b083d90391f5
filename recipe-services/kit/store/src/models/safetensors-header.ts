import { invalidArgument, type PalateError } from "@palate/host";
import type { TensorType } from "@palate/numeric";

/** Bytes of one element of each element type that Palate stores. */
export const ELEMENT_BYTES: Readonly<Record<TensorType, number>> = { F32: 4, I32: 4, F16: 2, U8: 1 };

/** Longest header accepted, in bytes; the limit of the reference implementation. */
const MAX_HEADER_BYTES = 100_000_000;
const PREFIX_BYTES = 8;

/** Where one tensor lies. */
export interface TensorEntry {
  /** Its name. */
  readonly name: string;
  /** Its element type. */
  readonly dtype: TensorType;
  /** Lengths of its dimensions. */
  readonly shape: readonly number[];
  /** Its first byte, counted from the beginning of the file. */
  readonly begin: number;
  /** Number of elements. */
  readonly elements: number;
}

/** A checked header: every entry lies within the file, none overlaps another, none leaves a gap. */
export interface SafetensorsHeader {
  /** Tensors in the order of their bytes. */
  readonly entries: readonly TensorEntry[];
  /** The `__metadata__` texts by name. */
  readonly metadata: ReadonlyMap<string, string>;
}

function unreadable(what: string): PalateError {
  return invalidArgument(`This is not a readable safetensors file: ${what}.`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function parseJson(file: Uint8Array, length: number): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(
      new TextDecoder("utf-8", { fatal: true }).decode(file.subarray(PREFIX_BYTES, PREFIX_BYTES + length)),
    );
  } catch {
    throw unreadable("its header is not JSON in UTF-8");
  }
  if (!isRecord(header)) throw unreadable("its header is not a JSON object");
  return header;
}

function metadataOf(value: unknown): Map<string, string> {
  if (value === undefined) return new Map();
  if (!isRecord(value)) throw unreadable("__metadata__ is not an object");
  return new Map(
    Object.entries(value).map(([name, text]) => {
      if (typeof text !== "string") throw unreadable(`__metadata__ "${name}" is not a text`);
      return [name, text];
    }),
  );
}

function entryOf(name: string, value: unknown, dataBegin: number): TensorEntry {
  const { dtype, shape, data_offsets: offsets } = isRecord(value) ? value : {};
  if (typeof dtype !== "string" || !Object.hasOwn(ELEMENT_BYTES, dtype)) {
    const known = Object.keys(ELEMENT_BYTES).join(", ");
    throw unreadable(`tensor "${name}" has element type ${JSON.stringify(dtype)}; Palate reads ${known}`);
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    throw unreadable(`the shape of tensor "${name}" is not a list of whole numbers from 0`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw unreadable(`data_offsets of tensor "${name}" are not two whole numbers from 0`);
  }
  const [from, to] = offsets as [number, number];
  const elements = shape.reduce((product: number, length: number) => product * length, 1);
  if (to - from !== elements * ELEMENT_BYTES[dtype as TensorType]) {
    throw unreadable(`tensor "${name}" of shape [${shape.join(", ")}] does not fit its ${to - from} bytes of ${dtype}`);
  }
  return { name, dtype: dtype as TensorType, shape, begin: dataBegin + from, elements };
}

/**
 * Reads and checks the header of a safetensors file. Trusts nothing: a header that points outside of the file, into
 * another tensor, or past a gap is refused.
 * @throws PalateError `invalid_argument` saying what is wrong
 */
export function parseHeader(file: Uint8Array): SafetensorsHeader {
  if (file.length < PREFIX_BYTES) throw unreadable(`it has ${file.length} bytes`);
  const length = new DataView(file.buffer, file.byteOffset, file.byteLength).getBigUint64(0, true);
  if (length > BigInt(Math.min(MAX_HEADER_BYTES, file.length - PREFIX_BYTES))) {
    throw unreadable(`its header would have ${length} bytes and the file has ${file.length}`);
  }
  const dataBegin = PREFIX_BYTES + Number(length);
  const { __metadata__: metadata, ...tensors } = parseJson(file, Number(length));
  const entries = Object.entries(tensors).map(([name, value]) => entryOf(name, value, dataBegin));
  // Tensors without elements share their place with their successor, so they come first.
  entries.sort((a, b) => a.begin - b.begin || a.elements - b.elements);
  let end = dataBegin;
  for (const entry of entries) {
    if (entry.begin !== end) throw unreadable(`tensor "${entry.name}" does not begin where the one before it ends`);
    end += entry.elements * ELEMENT_BYTES[entry.dtype];
  }
  if (end !== file.length) throw unreadable(`its tensors end at byte ${end} and the file has ${file.length}`);
  return { entries, metadata: metadataOf(metadata) };
}

/**
 * The length prefix and the header, padded with spaces so that the data begin at a multiple of 8.
 * @param entries name, element type, shape and place of each tensor, `begin` counted from the beginning of the data
 */
export function renderHeader(entries: readonly TensorEntry[], metadata: ReadonlyMap<string, string>): Uint8Array {
  const header = Object.fromEntries([
    ["__metadata__", Object.fromEntries(metadata)],
    ...entries.map(({ name, dtype, shape, begin, elements }) => [
      name,
      { dtype, shape, data_offsets: [begin, begin + elements * ELEMENT_BYTES[dtype]] },
    ]),
  ]) as unknown;
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(PREFIX_BYTES + padded).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(json, PREFIX_BYTES);
  return bytes;
}
