import { chance, many, pick } from "./draw.js";
import type { FileCell, FileColumn, FileType } from "./file-table.js";
import type { ColumnWords, Ground, SchemaColumn, StoredCell, Written } from "./planned-column.js";
import { asValue, randomBlanks, randomText } from "./random-texts.js";

/** A column of a dataset, with the columns of the file that it comes from. */
export interface FilledColumn {
  readonly column: SchemaColumn;
  readonly expected: readonly StoredCell[];
  /** The file's columns, in the order in which the mapping names them; without names yet. */
  readonly files: readonly FileColumn[];
  readonly words: ColumnWords;
  /** Its DuckDB expression, where it has one. @param names how SQL names the file's columns */
  readonly expression?: (names: readonly string[]) => string;
  /** A cell for the file's first column that makes its row wrong. */
  readonly wrong?: FileCell;
}

/** Decides where in a file a column's values stand: in one column, in several, nowhere, or in an expression's operands. */
export function filledColumn(ground: Ground, column: SchemaColumn, written: Written): FilledColumn {
  const { random, plain, family } = ground;
  const { type, words = {}, wrong } = written;
  const isText = type.is === "text";
  const single = (cells: readonly FileCell[]): FilledColumn => ({
    ...{ column, expected: written.expected, words, ...(wrong !== undefined && { wrong }) },
    files: [{ name: "", type, cells: cells.map((cell) => withoutValue(ground, isText, cell)) }],
  });
  if (plain) return single(written.cells);
  if (column.nullable && chance(random, 0.05)) return nowhere(column, written);
  if (chance(random, 0.05)) return constant(ground, column, written);
  if (chance(random, 0.1)) return firstOfSeveral(ground, column, written);
  if (chance(random, 0.05) && type.is !== "texts") return withFallback(ground, column, written);
  const isPlainText = isText && column.type === "string" && Object.keys(words).length === 0;
  if (isPlainText && !column.name.endsWith("_ID") && chance(random, 0.1)) return expression(ground, column, written);
  return single(family === "text" || isText ? written.cells.map((cell) => padded(ground, cell)) : written.cells);
}

/** The same cell, or one that means "no value" too. */
function withoutValue(
  { random, alphabet: { nullWords, trim }, plain, family }: Ground,
  isText: boolean,
  cell: FileCell,
): FileCell {
  if (cell !== null || !isText || plain) return cell;
  if (nullWords.length > 0 && chance(random, 0.5)) return pick(random, nullWords);
  if (family !== "text" && chance(random, 0.7)) return null;
  return trim && chance(random, 0.3) ? "  " : "";
}

function padded({ random, alphabet }: Ground, cell: FileCell): FileCell {
  if (!alphabet.trim || typeof cell !== "string") return cell;
  return `${randomBlanks(random, alphabet)}${cell}${randomBlanks(random, alphabet)}`;
}

function nowhere(column: SchemaColumn, { expected }: Written): FilledColumn {
  return { column, expected: expected.map(() => null), files: [], words: {} };
}

/** One value for all rows, which the mapping says. */
function constant(ground: Ground, column: SchemaColumn, written: Written): FilledColumn {
  const text = written.cells.find((cell) => typeof cell === "string");
  const place = written.cells.indexOf(text ?? null);
  if (text === undefined || typeof written.expected[place] === "undefined" || written.type.is === "texts") {
    return {
      column,
      expected: written.expected,
      files: [{ name: "", type: written.type, cells: written.cells }],
      words: written.words ?? {},
    };
  }
  const same = written.expected.map(() => written.expected[place]!);
  return { column, expected: same, files: [], words: { ...written.words, constant: text as string } };
}

/** A constant where the file has no value. */
function withFallback(ground: Ground, column: SchemaColumn, written: Written): FilledColumn {
  const { type, words = {} } = written;
  const at = written.cells.findIndex((cell, row) => typeof cell === "string" && written.expected[row] !== null);
  if (at === -1 || (type.is !== "text" && type.is !== "literal")) {
    return { column, expected: written.expected, files: [{ name: "", type, cells: written.cells }], words };
  }
  const fallback = written.cells[at] as string;
  const missing = written.cells.map((cell) => cell === null || chance(ground.random, 0.3));
  const expected = written.expected.map((cell, row) => (missing[row] ? written.expected[at]! : cell));
  const cells = written.cells.map((cell, row) => withoutValue(ground, type.is === "text", missing[row] ? null : cell));
  return { column, expected, files: [{ name: "", type, cells }], words: { ...words, constant: fallback } };
}

/** Values in one column or in another: the first that has one counts, and what stands in the others does not. */
function firstOfSeveral(
  ground: Ground,
  column: SchemaColumn,
  { expected, type, cells, words = {} }: Written,
): FilledColumn {
  const { random } = ground;
  const count = 2 + random.integer(2);
  const isText = type.is === "text";
  const places = cells.map(() => random.integer(count));
  const files = many(count, (file): FileColumn => ({
    name: "",
    type,
    cells: cells.map((cell, row) => {
      const isEmpty = cell === null || (Array.isArray(cell) && !cell.some(Boolean));
      if (isEmpty || file < places[row]!) return withoutValue(ground, isText, null);
      // Values behind the first are of another row, or absent.
      return file === places[row] ? cell : pick(random, [null, pick(random, cells)]);
    }),
  }));
  return { column, expected, files, words };
}

/** Texts that an expression makes of one or two columns of the file. */
function expression(ground: Ground, column: SchemaColumn, { expected }: Written): FilledColumn {
  const { random, alphabet, family } = ground;
  // To SQL, text of which a typed format does not say that it is one is bytes.
  const type: FileType = { is: family === "typed" ? "literal" : "text" };
  const text = (cells: readonly FileCell[]): FileColumn => ({ name: "", type, cells });
  const whole = expected.map((cell) => (cell === null ? null : String(cell)));
  const kinds = [
    (): FilledColumn => {
      const others = whole.map(() =>
        randomText(random, { ...alphabet, nullWords: [], trim: false }).replaceAll("~", ""),
      );
      const cells = whole.map((cell, row) => (cell === null ? null : `${others[row]}~${cell}`));
      const sql = ([name]: readonly string[]) => `substr(${name}, strpos(${name}, '~') + 1)`;
      return { column, expected, files: [text(cells)], words: {}, expression: sql };
    },
    (): FilledColumn => {
      const firsts = whole.map((cell) => cell && asValue(`a${cell}`, alphabet));
      const seconds = whole.map(() => `${random.integer(100)}`);
      const joined = firsts.map((first, row) => first && `${first}/${seconds[row]}`);
      const sql = (names: readonly string[]) => `${names[0]} || '/' || ${names[1]} -- both`;
      return { column, expected: joined, files: [text(firsts), text(seconds)], words: {}, expression: sql };
    },
    (): FilledColumn => {
      const marks = whole.map((cell) => (cell === null ? "n" : "y"));
      const filled = whole.map((cell) => cell ?? "other");
      const sql = (names: readonly string[]) => `CASE WHEN ${names[1]} = 'y' THEN ${names[0]} END`;
      return { column, expected, files: [text(filled), text(marks)], words: {}, expression: sql };
    },
  ];
  return pick(random, kinds)();
}
