import type { Random } from "@palate/numeric";
import { crc32, deflateRawSync } from "node:zlib";
import { pick } from "./draw.js";
import type { FileCell, FileTable, FileType } from "./file-table.js";
import { packSnappy, packZstd, zigzag } from "./pack.js";

const CODECS: Readonly<Record<string, (block: Buffer) => Buffer>> = {
  null: (block) => block,
  deflate: (block) => deflateRawSync(block),
  zstandard: packZstd,
  snappy: (block) => {
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32(block));
    return Buffer.concat([packSnappy(block), checksum]);
  },
};

/** Writes a table as an Avro object container file. Its columns' names must be such as Avro has. */
export function writeAvro(random: Random, table: FileTable): Buffer {
  const fields = table.columns.map(({ name, type }) => ({ name, type: ["null", schemaOf(type, name)] }));
  const schema = JSON.stringify({ type: "record", name: "Row", fields });
  const codec = pick(random, Object.keys(CODECS));
  const sync = Buffer.from(Array.from({ length: 16 }, () => random.integer(256)));
  const meta = Object.entries({ "avro.schema": schema, "avro.codec": codec });
  const header = [
    Buffer.from("Obj\x01"),
    zigzag(meta.length),
    ...meta.flatMap((each) => each.map(bytes)),
    zigzag(0),
    sync,
  ];
  const blocks: Buffer[] = [];
  const most = pick(random, [1, 3, 100]);
  for (let from = 0; from < table.rows; from += most) {
    const count = Math.min(most, table.rows - from);
    const rows = Array.from({ length: count }, (_, row) =>
      table.columns.map(({ type, cells }) => optional(type, cells[from + row]!)),
    );
    const block = CODECS[codec]!(Buffer.concat(rows.flat()));
    blocks.push(zigzag(count), zigzag(block.length), block, sync);
  }
  return Buffer.concat([...header, ...blocks]);
}

function bytes(content: string | Buffer): Buffer {
  const all = Buffer.from(content as string);
  return Buffer.concat([zigzag(all.length), all]);
}

function schemaOf(type: FileType, name: string): unknown {
  switch (type.is) {
    case "whole":
      return type.bits === 32 ? "int" : "long";
    case "decimal":
      return { type: "bytes", logicalType: "decimal", precision: type.precision, scale: type.scale };
    case "date":
      return { type: "int", logicalType: "date" };
    case "moment": {
      const part = { 1_000: "millis", 1_000_000: "micros", 1_000_000_000: "nanos" }[type.perSecond];
      return { type: "long", logicalType: `${type.zoned ? "" : "local-"}timestamp-${part}` };
    }
    case "texts":
      return { type: "array", items: ["null", "string"] };
    case "object": {
      const fields = type.fields.map((field) => ({
        name: field.name,
        type: ["null", schemaOf(field.type, `${name}_${field.name}`)],
      }));
      return { type: "record", name: `Of_${name}`, fields };
    }
    case "boolean":
    case "double":
    case "float":
      return type.is;
    case "text":
    case "literal":
      return "string";
  }
}

function optional(type: FileType, cell: FileCell | undefined): Buffer {
  return cell === null || cell === undefined ? zigzag(0) : Buffer.concat([zigzag(1), valueOf(type, cell)]);
}

function valueOf(type: FileType, cell: FileCell): Buffer {
  switch (type.is) {
    case "whole":
    case "moment":
      return zigzag(cell as bigint);
    case "date":
      return zigzag(cell as number);
    case "decimal":
      return bytes(bigEndian(cell as bigint));
    case "boolean":
      return Buffer.from([cell === true ? 1 : 0]);
    case "double":
    case "float": {
      const value = Buffer.alloc(type.is === "double" ? 8 : 4);
      if (type.is === "double") value.writeDoubleLE(cell as number);
      else value.writeFloatLE(cell as number);
      return value;
    }
    case "texts": {
      const list = cell as readonly (string | null)[];
      const items = list.map((one) => optional({ is: "text" }, one));
      return Buffer.concat(list.length === 0 ? [zigzag(0)] : [zigzag(list.length), ...items, zigzag(0)]);
    }
    case "object":
      return Buffer.concat(
        type.fields.map((field) => optional(field.type, (cell as Record<string, FileCell>)[field.name])),
      );
    case "text":
    case "literal":
      return bytes(cell as string);
  }
}

/** A whole number in the fewest bytes that keep its sign. */
export function bigEndian(value: bigint): Buffer {
  let length = 1;
  while (BigInt.asIntN(8 * length, value) !== value) length++;
  const hex = BigInt.asUintN(8 * length, value)
    .toString(16)
    .padStart(2 * length, "0");
  return Buffer.from(hex, "hex");
}
