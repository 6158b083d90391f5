import type { Random } from "@palate/numeric";
import { chance, pick } from "./draw.js";
import type { FileCell, FileTable, FileType } from "./file-table.js";
import type { WrittenText } from "./write-text.js";

/** How JSON is laid out. */
export interface JsonLayout {
  /** Rows in lines, in an array, in an array inside of a document, or one document after the other. */
  readonly form: "lines" | "array" | "document" | "documents";
  /** Blanks for each level; 0 writes rows in one line. */
  readonly indent: number;
  readonly lineEnd: "\n" | "\r\n";
  /** Whether characters beyond ASCII are written by their number. */
  readonly ascii: boolean;
}

/** Where the rows of a document are. */
export const ROWS_PATH = "data.the rows";

/** Draws a layout. @param plain whether nothing may have to be said of it */
export function drawLayout(random: Random, plain: boolean): JsonLayout {
  return {
    form: pick(
      random,
      plain ? (["lines", "array"] as const) : (["lines", "lines", "array", "document", "documents"] as const),
    ),
    indent: chance(random, 0.5) ? 0 : 1 + random.integer(3),
    lineEnd: pick(random, ["\n", "\n", "\r\n"]),
    ascii: chance(random, 0.3),
  };
}

/** Writes a table as JSON. */
export function writeJson(random: Random, table: FileTable, layout: JsonLayout): WrittenText {
  const { form, lineEnd } = layout;
  const writer = new JsonWriter(random, layout);
  let text = {
    lines: "",
    array: `[${pick(random, ["", lineEnd])}`,
    document: documentHead(random, lineEnd),
    documents: "",
  }[form];
  const lines: number[] = [];
  const count = (part: string) => part.split("\n").length - 1;
  for (let row = 0; row < table.rows; row++) {
    // Rows of one line count as lines of their own.
    lines.push(Math.max(1 + count(text), (lines.at(-1) ?? 0) + (form === "lines" ? 0 : 1)));
    text += writer.object(
      table.columns.map(({ name, type, cells }) => ({ name, type, cell: cells[row]! })),
      form === "lines" ? 0 : layout.indent,
      row === 0,
    );
    const last = row === table.rows - 1;
    const comma = form === "array" || form === "document" ? (last ? "" : ",") : "";
    text +=
      comma + (form === "lines" ? (last ? pick(random, ["", lineEnd]) : lineEnd) : pick(random, ["", " ", lineEnd]));
    if (form === "documents" && !last) text += lineEnd;
  }
  if (form === "array") text += "]";
  if (form === "document") text += `],${lineEnd}"next": null}}`;
  return { text, lines };
}

function documentHead(random: Random, lineEnd: string): string {
  return pick(random, [
    `{"data":{"the rows":[`,
    `{"n": [1, {"a": []}],${lineEnd} "text": "[{\\"a\\": 1}]", "data": {${lineEnd}"the rows" : [ `,
  ]);
}

interface Member {
  readonly name: string;
  readonly type: FileType;
  readonly cell: FileCell;
}

class JsonWriter {
  readonly #random: Random;
  readonly #layout: JsonLayout;

  constructor(random: Random, layout: JsonLayout) {
    this.#random = random;
    this.#layout = layout;
  }

  /** @param all whether members without a value are there: a column is one that some row has */
  object(members: readonly Member[], indent: number, all: boolean): string {
    const kept = members.filter(({ cell }) => all || cell !== null || chance(this.#random, 0.5));
    if (chance(this.#random, 0.2)) this.#random.shuffle(kept);
    const colon = pick(this.#random, [":", ": "]);
    const parts = kept.map(({ name, type, cell }) => `${this.#text(name)}${colon}${this.#value(type, cell)}`);
    if (indent === 0) return `{${parts.join(pick(this.#random, [",", ", "]))}}`;
    const { lineEnd } = this.#layout;
    return `{${lineEnd}${parts.map((part) => " ".repeat(indent) + part).join(`,${lineEnd}`)}${lineEnd}}`;
  }

  #value(type: FileType, cell: FileCell): string {
    if (cell === null) return "null";
    if (type.is === "literal") return String(cell);
    if (typeof cell === "string") return this.#text(cell);
    if (Array.isArray(cell))
      return `[${(cell as (string | null)[]).map((one) => (one === null ? "null" : this.#text(one))).join(",")}]`;
    if (type.is === "object") {
      const values = cell as Readonly<Record<string, FileCell>>;
      return this.object(
        type.fields.map(({ name, type }) => ({ name, type, cell: values[name]! })),
        0,
        false,
      );
    }
    return String(cell);
  }

  #text(text: string): string {
    const json = JSON.stringify(text);
    if (!this.#layout.ascii) return json;
    return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  }
}
