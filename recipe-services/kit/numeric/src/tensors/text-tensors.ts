import { invalidArgument } from "@palate/host";
import type { NamedTensor } from "./named-tensor.js";

/**
 * A list of texts as two tensors: `<name>.bytes`, all of them as UTF-8 one after the other, and `<name>.offsets`, where
 * each begins, with the end of the last. The layout of an Arrow string column.
 * @param name what the list is, for example "itemIds"
 * @returns entries to put into an artefact's tensors
 * @throws PalateError `invalid_argument` when the texts together have 2 GiB or more
 */
export function textTensors(name: string, texts: readonly string[]): [string, NamedTensor][] {
  const { offsets, bytes } = plainBytes(texts) ?? utf8Bytes(name, texts);
  const { length } = bytes;
  const data = new Uint8Array(bytes.buffer, bytes.byteOffset, length);
  return [
    [`${name}.bytes`, { dtype: "U8", shape: [length], data }],
    [`${name}.offsets`, { dtype: "I32", shape: [offsets.length], data: offsets }],
  ];
}

/** Longest text that is joined in one piece: half of the longest string. */
const MAX_LENGTH = 1 << 28;

/** The bytes of texts without any special character, encoded in one piece; nothing where there are others. */
function plainBytes(texts: readonly string[]): { offsets: Int32Array; bytes: Buffer } | undefined {
  const offsets = new Int32Array(texts.length + 1);
  let length = 0;
  for (let i = 0; i < texts.length; i++) {
    length += texts[i]!.length;
    if (length > MAX_LENGTH) return undefined;
    offsets[i + 1] = length;
  }
  const all = texts.join("");
  // A special character takes more bytes than it counts in a string.
  if (Buffer.byteLength(all) !== length) return undefined;
  const bytes = Buffer.allocUnsafeSlow(length);
  bytes.write(all);
  return { offsets, bytes };
}

/** The bytes of any texts, one by one. */
function utf8Bytes(name: string, texts: readonly string[]): { offsets: Int32Array; bytes: Buffer } {
  const offsets = new Int32Array(texts.length + 1);
  let length = 0;
  for (let i = 0; i < texts.length; i++) {
    length += Buffer.byteLength(texts[i]!);
    offsets[i + 1] = length;
  }
  if (length > 0x7fffffff)
    throw invalidArgument(`The texts "${name}" have ${length} bytes; at most 2 GiB can be stored.`);
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let i = 0; i < texts.length; i++) bytes.write(texts[i]!, offsets[i]!);
  return { offsets, bytes };
}

/**
 * The list that {@link textTensors} stored under `name`.
 * @throws PalateError `invalid_argument` when the two tensors are not there or do not fit one another
 */
export function textsOf(tensors: ReadonlyMap<string, NamedTensor>, name: string): string[] {
  const bytes = tensors.get(`${name}.bytes`)?.data;
  const offsets = tensors.get(`${name}.offsets`)?.data;
  if (!(bytes instanceof Uint8Array) || !(offsets instanceof Int32Array) || offsets.length === 0) {
    throw invalidArgument(
      `The model has no texts "${name}": tensors "${name}.bytes" (U8) and "${name}.offsets" (I32).`,
    );
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts = new Array<string>(offsets.length - 1);
  let begin = 0;
  for (let i = 0; i < texts.length; i++) {
    const end = offsets[i + 1]!;
    if (offsets[i] !== begin || end < begin || end > text.length) {
      throw invalidArgument(`Offset ${i} of the texts "${name}" is out of place.`);
    }
    texts[i] = text.toString("utf8", begin, end);
    begin = end;
  }
  return texts;
}
