import { varint, zigzag } from "./pack.js";

const [I32, I64, BINARY, LIST, STRUCT] = [5, 6, 8, 9, 12];
const [TRUE, FALSE] = [1, 2];

/** A structure in Thrift's compact protocol, in which Parquet's footers and headers are written. Fields come in order. */
export class Thrift {
  readonly #parts: Buffer[] = [];
  #last = 0;

  i32(field: number, value: number): this {
    return this.#put(field, I32, zigzag(value));
  }

  i64(field: number, value: number): this {
    return this.#put(field, I64, zigzag(value));
  }

  text(field: number, value: string): this {
    return this.#put(field, BINARY, binary(value));
  }

  boolean(field: number, value: boolean): this {
    return this.#put(field, value ? TRUE : FALSE, Buffer.alloc(0));
  }

  struct(field: number, value: Buffer): this {
    return this.#put(field, STRUCT, value);
  }

  structs(field: number, values: readonly Buffer[]): this {
    return this.#list(field, STRUCT, values);
  }

  i32s(field: number, values: readonly number[]): this {
    return this.#list(field, I32, values.map(zigzag));
  }

  texts(field: number, values: readonly string[]): this {
    return this.#list(field, BINARY, values.map(binary));
  }

  end(): Buffer {
    return Buffer.concat([...this.#parts, Buffer.from([0])]);
  }

  #list(field: number, type: number, values: readonly Buffer[]): this {
    const count =
      values.length < 15
        ? [Buffer.from([(values.length << 4) | type])]
        : [Buffer.from([0xf0 | type]), varint(values.length)];
    return this.#put(field, LIST, Buffer.concat([...count, ...values]));
  }

  #put(field: number, type: number, value: Buffer): this {
    this.#parts.push(Buffer.from([((field - this.#last) << 4) | type]), value);
    this.#last = field;
    return this;
  }
}

function binary(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([varint(bytes.length), bytes]);
}
