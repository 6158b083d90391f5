/** The field of a Parquet footer (`FileMetaData`) that only files with encrypted columns have. */
const ENCRYPTION_ALGORITHM = 8;

/** Types of Thrift's compact protocol, by which Parquet footers are written. */
const Thrift = {
  STOP: 0,
  TRUE: 1,
  FALSE: 2,
  BYTE: 3,
  INT16: 4,
  INT32: 5,
  INT64: 6,
  DOUBLE: 7,
  BINARY: 8,
  LIST: 9,
  SET: 10,
  MAP: 11,
  STRUCT: 12,
} as const;

/** Goes through values of Thrift's compact protocol. Throws RangeError behind the end. */
class ThriftReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Passes over a struct and returns the ids of its fields. */
  struct(): number[] {
    const ids: number[] = [];
    for (let id = 0; ;) {
      const head = this.#byte();
      if (head === Thrift.STOP) return ids;
      const delta = head >> 4;
      // The long form has the id as a zigzag number.
      const long = delta === 0 ? this.#varint() : 0;
      id = delta === 0 ? Math.floor(long / 2) : id + delta;
      ids.push(id);
      this.#skip(head & 15, false);
    }
  }

  #byte(): number {
    return this.#bytes.readUInt8(this.#at++);
  }

  #varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  #skip(type: number, inList: boolean): void {
    switch (type) {
      case Thrift.TRUE:
      case Thrift.FALSE:
        if (inList) this.#byte();
        return;
      case Thrift.BYTE:
        this.#byte();
        return;
      case Thrift.INT16:
      case Thrift.INT32:
      case Thrift.INT64:
        this.#varint();
        return;
      case Thrift.DOUBLE:
        this.#at += 8;
        return;
      case Thrift.BINARY: {
        const length = this.#varint();
        this.#at += length;
        return;
      }
      case Thrift.LIST:
      case Thrift.SET:
        return this.#skipList();
      case Thrift.STRUCT:
        this.struct();
        return;
      default:
        throw new RangeError(`a Parquet footer has no values of Thrift type ${type}`);
    }
  }

  #skipList(): void {
    const head = this.#byte();
    const length = head >> 4 === 15 ? this.#varint() : head >> 4;
    for (let i = 0; i < length; i++) this.#skip(head & 15, true);
  }
}

/** Whether a Parquet footer, without the eight bytes behind it, says that columns are encrypted. */
export function hasEncryptedColumns(footer: Buffer): boolean {
  try {
    return new ThriftReader(footer).struct().includes(ENCRYPTION_ALGORITHM);
  } catch (thrown) {
    if (thrown instanceof RangeError) return false; // A damaged footer says nothing.
    throw thrown;
  }
}
