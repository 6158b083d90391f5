import { DataType, type Data } from "apache-arrow";
import { ByteBuffer } from "flatbuffers";
import type { FileHandle } from "node:fs/promises";
import { isList } from "./arrow-types.js";

// Arrow describes its data in FlatBuffers, whose lists the library believes to be as long as they say: a damaged file says billions,
// and reading it would block the process for minutes. Everything in a list takes a byte at least, so no list is longer than its buffer.
const vectorLength = Reflect.get(ByteBuffer.prototype, "__vector_len") as (this: ByteBuffer, offset: number) => number;
ByteBuffer.prototype.__vector_len = function (this: ByteBuffer, offset: number): number {
  const length = vectorLength.call(this, offset);
  if (!(length >= 0 && length <= this.capacity())) throw new Error("a description in it is damaged");
  return length;
};

/** How often the library reads at one place of a whole file: to find out what it is, and to read it. */
const MAX_READS_AT_A_PLACE = 16;

/**
 * A file as the library reads it. Where the end of a file leads to something else than rows, the library looks there again and again.
 * Its reads throw Error then: the file is damaged.
 */
export function withoutLoops(handle: FileHandle): FileHandle {
  const reads = new Map<number, number>();
  const read = (buffer: Uint8Array, offset: number, length: number, position: number) => {
    const count = (reads.get(position) ?? 0) + 1;
    if (count > MAX_READS_AT_A_PLACE) throw new Error("its end does not lead to its rows; it is damaged");
    reads.set(position, count);
    return handle.read(buffer, offset, length, position);
  };
  const file = { fd: handle.fd, stat: () => handle.stat(), read, close: () => handle.close() };
  return file as unknown as FileHandle;
}

/**
 * Makes sure that data hold as many values as they say, so that nothing is made for values that are not there.
 * @throws Error when they do not: the file is damaged
 */
export function needWhole(data: Data): void {
  const { length, nullBitmap, values, valueOffsets, children } = data;
  const type = data.type as DataType;
  if (DataType.isDictionary(type)) for (const part of data.dictionary?.data ?? []) needWhole(part);
  for (const child of children) needWhole(child);
  const isPacked = DataType.isNull(type) || DataType.isStruct(type) || DataType.isFixedSizeList(type);
  const held = Math.max(8 * sizeOf(nullBitmap), 8 * sizeOf(values), sizeOf(valueOffsets) - 1);
  if (!isPacked && length > held) throw damaged(type);
  if (isList(type) || DataType.isMap(type)) needWithin(data);
}

/** Makes sure that the rows of lists and maps are parts of what they are made of. */
function needWithin({ type, length, valueOffsets, children: [child] }: Data): void {
  const most = child?.length ?? 0;
  if (DataType.isFixedSizeList(type)) {
    if (length * type.listSize > most) throw damaged(type);
    return;
  }
  const offsets = valueOffsets as ArrayLike<number | bigint>;
  for (let row = 0, last = 0; row < length; row++) {
    const to = Number(offsets[row + 1]);
    if (!(to >= last && to <= most)) throw damaged(type);
    last = to;
  }
}

function sizeOf(array: ArrayLike<unknown> | undefined): number {
  return array?.length ?? 0;
}

function damaged(type: DataType): Error {
  return new Error(`a column of type ${String(type)} has fewer values than it says; it is damaged`);
}
