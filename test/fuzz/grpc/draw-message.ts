import { ScalarType, type DescField, type DescMessage } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { Random } from "@palate/numeric";
import { chance, many, pick } from "../dialects/draw.js";
import { oddNumber, oddText } from "../drawing/odd-texts.js";

const NUMBERS = [
  0n,
  1n,
  2n,
  5n,
  100n,
  501n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 53n,
  2n ** 63n - 1n,
  2n ** 64n - 1n,
];
const FLOATS = [0, -0, 0.5, 1, -1, NaN, Infinity, -Infinity, Number.MIN_VALUE, Number.MAX_VALUE, 1e39];
const EXPRESSIONS = [
  'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click")',
  "INCLUDE ItemID WHERE Items.ITEM_ID IN ($IDS)",
  "EXCLUDE ItemID WHERE",
  "(".repeat(2_000),
];

/** Names that exist, by the field that they are for. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  dataset_group: ["fuzzed"],
  campaign: ["main"],
  solution: ["main"],
  recipe: ["aws-popularity-count"],
  version_id: ["$LATEST"],
  user_id: ["u0", "u1"],
  item_id: ["x0", "y1"],
  location: ["upload://x", "/etc/passwd", "s3://a/b", "http://127.0.0.1/x"],
  expression: EXPRESSIONS,
  schema: ['{"type":"record","name":"Items","fields":[{"name":"ITEM_ID","type":"string"}]}', "{", "[]", "null"],
};

/** Writes messages of the wire format: mostly of their type, with values that are odd, and some with fields that are not. */
export class Messages {
  readonly #random: Random;
  /** Whether names that exist may be named. */
  readonly #known: boolean;
  /** Fields that may still be written. */
  #left: number;

  constructor(random: Random, known: boolean) {
    this.#random = random;
    this.#known = known;
    this.#left = 400;
  }

  /** A message in the wire format. */
  of(message: DescMessage, depth = 0): Uint8Array {
    const random = this.#random;
    const writer = new BinaryWriter();
    for (const field of message.fields) {
      if (!chance(random, depth > 4 || this.#left < 0 ? 0.05 : 0.5)) continue;
      const times =
        field.fieldKind === "list" || field.fieldKind === "map" ? this.#length() : chance(random, 0.03) ? 2 : 1;
      for (let each = 0; each < times; each++) this.#field(writer, field, depth);
    }
    if (chance(random, 0.05)) this.#unknown(writer);
    return writer.finish();
  }

  #length(): number {
    const random = this.#random;
    if (!chance(random, 0.01)) return random.integer(4);
    this.#left -= 400;
    return Math.floor(3_000 ** random.uniform());
  }

  #field(writer: BinaryWriter, field: DescField, depth: number): void {
    this.#left--;
    const random = this.#random;
    if (chance(random, 0.01)) return this.#unknown(writer, field.number);
    if (field.message) {
      writer.tag(field.number, WireType.LengthDelimited).bytes(this.of(field.message, depth + 1));
    } else if (field.enum) {
      const value = chance(random, 0.8) ? pick(random, field.enum.values).number : pick(random, [-1, 99, 2 ** 31 - 1]);
      writer.tag(field.number, WireType.Varint).int32(value);
    } else if (field.fieldKind === "map") {
      const entry = new BinaryWriter();
      this.#scalar(entry, 1, field.mapKey, field.name);
      if (field.mapKind === "scalar") this.#scalar(entry, 2, field.scalar, field.name);
      writer.tag(field.number, WireType.LengthDelimited).bytes(entry.finish());
    } else if (field.scalar !== undefined) {
      this.#scalar(writer, field.number, field.scalar, field.name);
    }
  }

  #scalar(writer: BinaryWriter, number: number, type: ScalarType, name: string): void {
    const random = this.#random;
    switch (type) {
      case ScalarType.STRING:
        writer.tag(number, WireType.LengthDelimited).bytes(this.#text(name));
        break;
      case ScalarType.BYTES:
        writer.tag(number, WireType.LengthDelimited).bytes(Buffer.from(oddText(random)));
        break;
      case ScalarType.DOUBLE:
        writer.tag(number, WireType.Bit64).double(chance(random, 0.5) ? pick(random, FLOATS) : oddNumber(random));
        break;
      case ScalarType.FLOAT:
        writer.tag(number, WireType.Bit32).raw(new Uint8Array(new Float32Array([pick(random, FLOATS)]).buffer));
        break;
      default: {
        const bits = chance(random, 0.5) ? BigInt(random.integer(30)) : pick(random, NUMBERS);
        writer.tag(number, WireType.Varint).uint64(bits);
      }
    }
  }

  /** A text's bytes: half characters, which UTF-8 has none of, as careless programs write them. */
  #text(name: string): Uint8Array {
    const random = this.#random;
    const known = KNOWN[name];
    if (known && this.#known && chance(random, 0.8)) return Buffer.from(pick(random, known));
    const text = oddText(random);
    if (chance(random, 0.02)) return Buffer.from(text, "utf16le");
    return text.includes("\ud800")
      ? Buffer.from(text.replaceAll("\ud800", "\xed\xa0\x80"), "latin1")
      : Buffer.from(text);
  }

  #unknown(writer: BinaryWriter, number = 1 + this.#random.integer(2_000)): void {
    const random = this.#random;
    if (chance(random, 0.5)) writer.tag(number, WireType.Varint).uint64(pick(random, NUMBERS));
    else
      writer
        .tag(number, WireType.LengthDelimited)
        .bytes(Buffer.from(many(random.integer(30), () => random.integer(256))));
  }
}

/** Bytes with a few damages: some turned, cut off, doubled, or others in their place. */
export function damagedBytes(random: Random, bytes: Uint8Array): Uint8Array {
  if (chance(random, 0.3)) return Buffer.from(many(random.integer(300), () => random.integer(256)));
  const result = Buffer.from(bytes);
  for (let left = 1 + random.integer(4); left > 0 && result.length > 0; left--)
    result[random.integer(result.length)] = random.integer(256);
  const end = chance(random, 0.3) ? random.integer(result.length + 1) : result.length;
  return chance(random, 0.1) ? Buffer.concat([result, result]) : result.subarray(0, end);
}
