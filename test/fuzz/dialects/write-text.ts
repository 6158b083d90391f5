import type { Random } from "@palate/numeric";
import { chance, pick } from "./draw.js";
import type { FileTable } from "./file-table.js";
import type { TextDialect } from "./text-dialect.js";

/** A text that was written. */
export interface WrittenText {
  readonly text: string;
  /** The line in which each row begins; the first is 1. 0 where nobody can say, because CR stands for a line's end and in values. */
  readonly lines: readonly number[];
}

/** Whether a value can only be told from what is around it by quotes. */
function needsQuotes(value: string, dialect: TextDialect): boolean {
  const { delimiter, quote } = dialect;
  if (quote !== "" && value.includes(quote)) return true;
  // A value that ends like the separator begins would give it away too early.
  return /[\r\n]/.test(value) || `${value}${delimiter}`.indexOf(delimiter) !== value.length;
}

/** A dialect in which every value of a table can be written. */
export function dialectFor(table: FileTable, drawn: TextDialect): TextDialect {
  // In a file of one column, a line without a value looks like no record at all.
  const isBare = table.columns.length === 1 && table.columns[0]!.cells.some((cell) => textOf(cell) === "");
  const dialect = isBare ? { ...drawn, emptyLines: false, comment: "" } : drawn;
  if (dialect.quote !== "") return dialect;
  const values = table.columns.flatMap(({ name, cells }) => [name, ...cells.map((cell) => textOf(cell))]);
  const fits = values.every((value) => !needsQuotes(value, dialect));
  const taken = ["\ufeff", ...(dialect.comment === "" ? [] : [dialect.comment])];
  const begins = values.some((value) => taken.some((each) => value.startsWith(each)));
  return fits && !begins && table.columns.length > 1 ? dialect : { ...dialect, quote: '"', escape: '"' };
}

function textOf(cell: unknown): string {
  return cell === null || cell === undefined ? "" : String(cell);
}

/** Writes a table as separated values. */
export function writeText(random: Random, table: FileTable, dialect: TextDialect): WrittenText {
  const writer = new TextWriter(random, dialect);
  for (const line of dialect.skipped) writer.line(line);
  if (dialect.header) writer.record(table.columns.map(({ name }) => name));
  const lines: number[] = [];
  for (let row = 0; row < table.rows; row++) {
    if (dialect.comment !== "" && chance(random, 0.2)) writer.line(`${dialect.comment} "of row" ${row}`);
    if (dialect.emptyLines && chance(random, 0.3)) writer.line("");
    lines.push(writer.isClear ? writer.at : 0);
    writer.record(table.columns.map(({ cells }) => textOf(cells[row])));
  }
  return { text: writer.end(), lines };
}

class TextWriter {
  /** The line that comes next. */
  at = 1;
  /** Whether it is clear where lines begin. */
  isClear = true;
  readonly #random: Random;
  readonly #dialect: TextDialect;
  #text = "";
  #last = "";
  #isFirst = true;

  constructor(random: Random, dialect: TextDialect) {
    this.#random = random;
    this.#dialect = dialect;
  }

  line(text: string): void {
    const { lineEnd } = this.#dialect;
    this.#last = lineEnd === "mixed" ? pick(this.#random, ["\n", "\r\n"]) : lineEnd;
    this.#text += text + this.#last;
    this.at += 1 + (text.match(/\n/g)?.length ?? 0);
    this.isClear &&= !(lineEnd === "\r" && text.includes("\r"));
  }

  record(values: readonly string[]): void {
    const { delimiter, comment, quote } = this.#dialect;
    const written = values.map((value) => this.#value(value, values.length));
    const line = written.join(delimiter);
    // What a comment begins with, and in front of all records a byte order mark, would be taken for that.
    const begins = (comment !== "" && line.startsWith(comment)) || (this.#isFirst && line.startsWith("\ufeff"));
    this.#isFirst = false;
    if (begins && quote !== "") written[0] = this.#quoted(values[0]!);
    this.line(written.join(delimiter));
  }

  end(): string {
    return this.#dialect.endsLine ? this.#text : this.#text.slice(0, this.#text.length - this.#last.length);
  }

  #value(value: string, count: number): string {
    const { quote, quoting } = this.#dialect;
    if (quote === "") return value;
    // The only value of a record would leave an empty line.
    const must = needsQuotes(value, this.#dialect) || (value === "" && count === 1);
    const also = quoting === "all" || (quoting === "some" && chance(this.#random, 0.3));
    return must || also ? this.#quoted(value) : value;
  }

  #quoted(value: string): string {
    const { quote, escape } = this.#dialect;
    const escaped = escape === quote ? value : value.replaceAll(escape, escape + escape);
    return `${quote}${escaped.replaceAll(quote, escape + quote)}${quote}`;
  }
}
