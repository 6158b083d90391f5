import { Random } from "@palate/numeric";
import { DatasetType } from "@palate/proto/dataset";
import { wallOf, printed } from "./clock.js";
import { chance, many, pick } from "./draw.js";
import { UNICODE } from "./encodings.js";
import type { FileColumn, FileType } from "./file-table.js";
import { WRITERS, writeTable, type WriterName } from "./write-table.js";

/** A file of which nobody says how it is to be read, and what it says. */
export interface InferredCase {
  readonly name: string;
  readonly content: Buffer;
  readonly type: DatasetType;
  readonly writer: WriterName;
  /** What the dataset's columns are to hold, each value as text; by the names that they are to have. */
  readonly expected: ReadonlyMap<string, readonly (string | null)[]>;
}

/** What a column of the file is called, and of the dataset. */
const ROLES: readonly (readonly [name: string, spellings: readonly string[]])[] = [
  ["USER_ID", ["USER_ID", "user_id", "userId", "visitorid", "customer_id"]],
  ["ITEM_ID", ["ITEM_ID", "item_id", "itemId", "product_id", "sku"]],
];

const OTHERS = ["color", "sizeCm", "Number of ratings", "brand"];

/** Draws a file whose values cannot be taken for anything else than they are. */
export function drawInferred(seed: number): InferredCase {
  const random = new Random(seed);
  const writer = pick(random, WRITERS);
  const rows = 5 + random.integer(20);
  const columns: FileColumn[] = [];
  const expected = new Map<string, readonly (string | null)[]>();
  const add = (name: string, spelling: string, { type, cells, values }: DrawnCells) => {
    columns.push({ name: writer === "avro" ? spelling.replaceAll(" ", "_") : spelling, type, cells });
    expected.set(name, values);
  };
  for (const [name, spellings] of ROLES) add(name, pick(random, spellings), drawCodes(random, rows));
  add(
    "TIMESTAMP",
    pick(random, ["timestamp", "TIMESTAMP", "event_time", "created_at"]),
    drawMoments(random, rows, writer),
  );
  for (const other of OTHERS.filter(() => chance(random, 0.4)))
    add(nameOf(other), other, drawOthers(random, rows, writer));
  random.shuffle(columns);
  const encoding = pick(
    random,
    UNICODE.filter(({ tellsItself }) => tellsItself),
  );
  const options = { writer, encoding, plain: true, unnamed: false, namedTwice: false, inferred: true };
  const { name, content } = writeTable(random, { columns, rows }, options);
  return { name, content, type: DatasetType.DATASET_TYPE_INTERACTIONS, writer, expected };
}

/** A column's cells, and the texts that they stand for. */
interface DrawnCells {
  readonly type: FileType;
  readonly cells: FileColumn["cells"];
  readonly values: readonly (string | null)[];
}

/** The name that a schema has for a column. */
function nameOf(spelling: string): string {
  return spelling
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .replaceAll(" ", "_")
    .toUpperCase();
}

function drawCodes(random: Random, rows: number): DrawnCells {
  const prefix = pick(random, ["u", "i-", "00", "Ü"]);
  const values = many(rows, () => `${prefix}${1 + random.integer(999)}`);
  return { type: { is: "text" }, cells: values, values };
}

function drawMoments(random: Random, rows: number, writer: WriterName): DrawnCells {
  const seconds = many(rows, () => 1_577_836_800 + random.integer(100_000_000));
  const values = seconds.map(String);
  const form = pick(random, ["seconds", "milliseconds", "Z", "plain"] as const);
  const type: FileType = { is: writer === "text" || writer === "json" ? "text" : "literal" };
  switch (form) {
    case "seconds":
      return { type: writer === "json" ? { is: "literal" } : type, cells: values, values };
    case "milliseconds":
      return { type, cells: values.map((value) => `${value}${100 + random.integer(900)}`), values };
    default: {
      const pattern = form === "Z" ? "%Y-%m-%dT%H:%M:%S.%gZ" : "%Y-%m-%d %H:%M:%S";
      return { type, cells: seconds.map((second) => printed(pattern, wallOf(second, ""), 868_000_000)), values };
    }
  }
}

function drawOthers(random: Random, rows: number, writer: WriterName): DrawnCells {
  const typed = writer !== "text" && writer !== "json";
  const empty = () => chance(random, 0.2);
  switch (random.integer(4)) {
    case 0: {
      const values = many(rows, () =>
        empty() ? null : pick(random, ["red", "light blue", "größe", 'a "b"', "tab\there"]),
      );
      return { type: { is: typed ? "literal" : "text" }, cells: values, values };
    }
    case 1: {
      const numbers = many(rows, () => (empty() ? null : random.integer(100_000) - 500));
      const values = numbers.map((number) => (number === null ? null : String(number)));
      if (typed)
        return {
          type: { is: "whole", bits: 64 },
          cells: numbers.map((number) => (number === null ? null : BigInt(number))),
          values,
        };
      return { type: { is: writer === "json" ? "literal" : "text" }, cells: values, values };
    }
    case 2: {
      const numbers = many(rows, () => (empty() ? null : (1 + random.integer(100_000)) / 100));
      const values = numbers.map((number) => (number === null ? null : String(number)));
      if (typed) return { type: { is: "double" }, cells: numbers, values };
      return { type: { is: writer === "json" ? "literal" : "text" }, cells: values, values };
    }
    default: {
      const truths = many(rows, () => (empty() ? null : chance(random, 0.5)));
      const values = truths.map((truth) => (truth === null ? null : String(truth)));
      return {
        type: { is: writer === "text" ? "text" : "boolean" },
        cells: writer === "text" ? values : truths,
        values,
      };
    }
  }
}
