import { Bool, Dictionary, Float64, Int32, Int64, makeData, makeVector, Utf8, type Data } from "apache-arrow";

/** Collects the values of one column and turns them into Arrow data. */
export interface ColumnBuilder {
  /** Appends a value; null or undefined is an empty cell. */
  append(value: unknown): void;
  /** Characters of the distinct texts appended; 0 for numbers. */
  readonly textLength: number;
  /** The Arrow data of everything appended; the builder starts over. */
  finish(): Data;
}

/** Which cells hold a value, one bit each. */
class Validity {
  readonly #bits: Uint8Array;
  #nulls = 0;

  constructor(capacity: number) {
    this.#bits = new Uint8Array((capacity + 7) >> 3).fill(0xff);
  }

  setNull(row: number): void {
    this.#bits[row >> 3]! &= ~(1 << (row & 7));
    this.#nulls++;
  }

  /** What Arrow wants to know, then starts over. */
  take(): { nullCount: number; nullBitmap?: Uint8Array } {
    const nullCount = this.#nulls;
    if (nullCount === 0) return { nullCount };
    const nullBitmap = this.#bits.slice();
    this.#bits.fill(0xff);
    this.#nulls = 0;
    return { nullCount, nullBitmap };
  }
}

const encoder = new TextEncoder();

/** Text as a dictionary of the distinct values with one 32-bit index a row. */
class TextColumn implements ColumnBuilder {
  readonly #indices: Int32Array;
  readonly #validity: Validity;
  readonly #indexOf = new Map<string, number>();
  #rows = 0;
  textLength = 0;

  constructor(capacity: number) {
    this.#indices = new Int32Array(capacity);
    this.#validity = new Validity(capacity);
  }

  append(value: unknown): void {
    const row = this.#rows++;
    if (value === null || value === undefined) {
      this.#indices[row] = 0;
      this.#validity.setNull(row);
      return;
    }
    const text = value as string;
    let index = this.#indexOf.get(text);
    if (index === undefined) {
      index = this.#indexOf.size;
      this.#indexOf.set(text, index);
      this.textLength += text.length;
    }
    this.#indices[row] = index;
  }

  finish(): Data {
    const values = encoder.encode([...this.#indexOf.keys()].join(""));
    const offsets = new Int32Array(this.#indexOf.size + 1);
    let at = 0;
    let offset = 0;
    for (const text of this.#indexOf.keys()) offsets[++at] = offset += Buffer.byteLength(text);
    const utf8 = makeData({
      type: new Utf8(),
      length: this.#indexOf.size,
      nullCount: 0,
      valueOffsets: offsets,
      data: values,
    });
    const data = makeData({
      type: new Dictionary(new Utf8(), new Int32()),
      length: this.#rows,
      ...this.#validity.take(),
      data: this.#indices.slice(0, this.#rows),
      dictionary: makeVector(utf8),
    });
    this.#indexOf.clear();
    this.#rows = 0;
    this.textLength = 0;
    return data;
  }
}

/** Whole numbers of 64 bits. */
class LongColumn implements ColumnBuilder {
  readonly textLength = 0;
  readonly #values: BigInt64Array;
  readonly #validity: Validity;
  #rows = 0;

  constructor(capacity: number) {
    this.#values = new BigInt64Array(capacity);
    this.#validity = new Validity(capacity);
  }

  append(value: unknown): void {
    const row = this.#rows++;
    if (value === null || value === undefined) {
      this.#values[row] = 0n;
      this.#validity.setNull(row);
    } else this.#values[row] = typeof value === "bigint" ? value : BigInt(value as number | string);
  }

  finish(): Data {
    const data = this.#values.slice(0, this.#rows);
    const length = this.#rows;
    this.#rows = 0;
    return makeData({ type: new Int64(), length, ...this.#validity.take(), data });
  }
}

/** Floating-point numbers of 64 bits. */
class DoubleColumn implements ColumnBuilder {
  readonly textLength = 0;
  readonly #values: Float64Array;
  readonly #validity: Validity;
  #rows = 0;

  constructor(capacity: number) {
    this.#values = new Float64Array(capacity);
    this.#validity = new Validity(capacity);
  }

  append(value: unknown): void {
    const row = this.#rows++;
    if (value === null || value === undefined) {
      this.#values[row] = 0;
      this.#validity.setNull(row);
    } else this.#values[row] = value as number;
  }

  finish(): Data {
    const data = this.#values.slice(0, this.#rows);
    const length = this.#rows;
    this.#rows = 0;
    return makeData({ type: new Float64(), length, ...this.#validity.take(), data });
  }
}

/** True and false, one bit each. */
class BooleanColumn implements ColumnBuilder {
  readonly textLength = 0;
  readonly #values: Uint8Array;
  readonly #validity: Validity;
  #rows = 0;

  constructor(capacity: number) {
    this.#values = new Uint8Array((capacity + 7) >> 3);
    this.#validity = new Validity(capacity);
  }

  append(value: unknown): void {
    const row = this.#rows++;
    if (value === null || value === undefined) this.#validity.setNull(row);
    else if (value) this.#values[row >> 3]! |= 1 << (row & 7);
  }

  finish(): Data {
    const data = this.#values.slice();
    const length = this.#rows;
    this.#values.fill(0);
    this.#rows = 0;
    return makeData({ type: new Bool(), length, ...this.#validity.take(), data });
  }
}

/** A builder for an Avro type: text, int and long as 64-bit whole numbers, float and double, boolean. */
export function columnBuilder(avroType: string, capacity: number): ColumnBuilder {
  switch (avroType) {
    case "int":
    case "long":
      return new LongColumn(capacity);
    case "float":
    case "double":
      return new DoubleColumn(capacity);
    case "boolean":
      return new BooleanColumn(capacity);
    default:
      return new TextColumn(capacity);
  }
}
