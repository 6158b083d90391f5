import { FileFormat } from "@palate/proto/dataset";
import type { ContentSample } from "./content-sample.js";
import { isObject } from "./content-sample.js";

type JsonRows = Pick<ContentSample, "format" | "rowsPath" | "columns" | "rows">;

/** A text that looks like JSON at first and is not. */
export interface NotJson {
  /** The line. */
  readonly line: number;
  /** What it is, and what would be right. */
  readonly message: string;
}

/** Deepest array that is looked for inside of a document. */
const MAX_DEPTH = 4;

/** Whether a text is JSON, or means to be. */
export function beginsLikeJson(text: string): boolean {
  return /^\s*(\{|\[\s*(\{|\]))/.test(text);
}

/**
 * The first rows of a JSON text.
 * @param complete whether `text` is all of the file
 */
export function readJson(text: string, complete: boolean, most: number): JsonRows | NotJson {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const first = parsed(lines[0] ?? "");
  if (isObject(first) && (lines.length > 1 || rowsIn(first) === undefined)) return readLines(lines, complete, most);
  const document = parsed(text);
  if (document !== undefined) return readDocument(document, most);
  const python = pythonLine(text.split(/\r?\n/));
  if (python) return python;
  const cut = complete ? undefined : firstObjects(text, most);
  if (cut && cut.length > 0) return rowsOf(FileFormat.FILE_FORMAT_JSON, cut, "");
  const message = `is no JSON; a JSON object in each line, such as {"ITEM_ID": "1"}, or an array of them is right`;
  return { line: 1, message };
}

function readLines(lines: readonly string[], complete: boolean, most: number): JsonRows | NotJson {
  const rows: Record<string, unknown>[] = [];
  for (const [index, line] of lines.slice(0, most).entries()) {
    const row = parsed(line);
    if (isObject(row)) rows.push(row);
    // The last line of a sample may be cut off; what is wrong elsewhere is the import's to say.
    else if (index === 0 && (complete || lines.length > 1)) return { line: 1, message: "is no JSON object" };
  }
  return rowsOf(FileFormat.FILE_FORMAT_JSON_LINES, rows, "");
}

function readDocument(document: unknown, most: number): JsonRows | NotJson {
  const found = Array.isArray(document)
    ? { path: "", rows: document }
    : isObject(document)
      ? rowsIn(document)
      : undefined;
  if (found === undefined) return { line: 1, message: "holds no array of objects; each object is a row" };
  return rowsOf(FileFormat.FILE_FORMAT_JSON, found.rows.slice(0, most).filter(isObject), found.path);
}

/** The first array of objects in a document, and where it is. */
function rowsIn(object: object, prefix = "", depth = 1): { path: string; rows: unknown[] } | undefined {
  for (const [key, value] of Object.entries(object)) {
    const path = prefix + key;
    if (Array.isArray(value) && value.length > 0 && isObject(value[0])) return { path, rows: value };
    const inner = isObject(value) && depth < MAX_DEPTH ? rowsIn(value, `${path}.`, depth + 1) : undefined;
    if (inner) return inner;
  }
  return undefined;
}

/** The first objects of an array whose end is not there. */
function firstObjects(text: string, most: number): Record<string, unknown>[] {
  const rows: Record<string, unknown>[] = [];
  let depth = 0;
  let start = -1;
  let inText = false;
  for (let at = text.indexOf("[") + 1; at > 0 && at < text.length && rows.length < most; at++) {
    const char = text[at];
    if (inText) {
      if (char === "\\") at++;
      else if (char === '"') inText = false;
    } else if (char === '"') inText = true;
    else if (char === "{" && depth++ === 0) start = at;
    else if (char === "}" && --depth === 0) {
      const row = parsed(text.slice(start, at + 1));
      if (isObject(row)) rows.push(row);
    }
  }
  return rows;
}

/** The first line that is a Python dictionary: keys in single quotes. */
function pythonLine(lines: readonly string[]): NotJson | undefined {
  const index = lines.findIndex((line) => line.trim() !== "");
  if (!/^\s*\{\s*u?'/.test(lines[index] ?? "")) return undefined;
  const message =
    "is a Python dictionary, not JSON; convert the file with " +
    `python3 -c "import ast, json, sys; [print(json.dumps(ast.literal_eval(line))) for line in sys.stdin]" < file > file.jsonl`;
  return { line: index + 1, message };
}

function rowsOf(format: FileFormat, rows: readonly Record<string, unknown>[], rowsPath: string): JsonRows {
  return { format, rowsPath, rows, columns: [...new Set(rows.flatMap((row) => Object.keys(row)))] };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
