import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/**
 * The fields of one serialized message, and no deeper: what is embedded stays as it is on the wire. A descriptor is
 * nearly all comments, which are of no interest here, so that this is far less work than to read it whole.
 */
export class MessageFields {
  readonly #embedded = new Map<number, Uint8Array[]>();
  readonly #numbers = new Map<number, number>();

  constructor(message: Uint8Array) {
    const reader = new BinaryReader(message);
    while (reader.pos < reader.len) {
      const [field, wireType] = reader.tag();
      if (wireType === WireType.LengthDelimited) {
        const values = this.#embedded.get(field);
        if (values) values.push(reader.bytes());
        else this.#embedded.set(field, [reader.bytes()]);
      } else if (wireType === WireType.Varint) this.#numbers.set(field, Number(reader.int64()));
      else reader.skip(wireType, field);
    }
  }

  /** Serialized messages of a field, in order. */
  messages(field: number): readonly Uint8Array[] {
    return this.#embedded.get(field) ?? [];
  }

  /** Texts of a field, in order. */
  texts(field: number): string[] {
    return this.messages(field).map((bytes) => new TextDecoder().decode(bytes));
  }

  /** The text of a field; "" when it is not set. */
  text(field: number): string {
    return this.texts(field).at(-1) ?? "";
  }

  /** The whole number of a field; 0 when it is not set. */
  number(field: number): number {
    return this.#numbers.get(field) ?? 0;
  }
}
