/** Most characters of a SQL text that a message shows from a place on. */
const SHOWN = 40;

/** Characters that DuckDB counts as two columns when it draws its mark below a line. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\uff01-\uff60]/u;
const NO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** DuckDB's excerpt of the line that an error is about, and its mark below; long lines are cut at either end. */
const EXCERPT = /\nLINE (\d+): (.*)\n( *)\^/;
const CUT = "...";

/** A SQL text of a mapping and the field that it stands in. */
export interface MappingSql {
  /** The field, without "mapping.". */
  readonly field: string;
  readonly text: string;
}

/**
 * A place in a SQL text in words, such as `line 2, column 5, at "foo(b)"`.
 * @param offset of the place in UTF-16 code units
 */
export function placeInSql(text: string, offset: number): string {
  if (offset >= text.trimEnd().length) return "at its end";
  const before = text.slice(0, Math.max(offset, 0)).split("\n");
  const column = [...before.at(-1)!].length + 1;
  const [rest = ""] = text.slice(offset).split("\n");
  const shown = [...rest.trimEnd()];
  const end = shown.length > SHOWN ? "…" : "";
  return `line ${before.length}, column ${column}, at "${shown.slice(0, SHOWN).join("")}${end}"`;
}

/** The offset in UTF-16 code units of a place that is told in bytes of UTF-8. */
export function offsetOfByte(text: string, byte: number): number {
  return Buffer.from(text).subarray(0, byte).toString().length;
}

/** The offset in UTF-16 code units of a place that is told in characters. */
export function offsetOfCharacter(text: string, character: number): number {
  return [...text].slice(0, character).join("").length;
}

/**
 * Which of some texts an error of DuckDB's is about, and where in it. Each stood in the statement in lines of its own.
 * @returns undefined when the error does not say, or when it may be about several
 */
export function placeOfError(
  message: string,
  texts: readonly MappingSql[],
): { field: string; place: string } | undefined {
  const found = EXCERPT.exec(message);
  if (found === null) return undefined;
  const [, number, excerpt, indent] = found as unknown as [string, string, string, string];
  const starts = excerpt.startsWith(CUT) ? CUT.length : 0;
  const shown = excerpt.slice(starts, excerpt.endsWith(CUT) ? -CUT.length : undefined);
  const marked = unitsOfWidth(excerpt, indent.length - `LINE ${number}: `.length) - starts;
  const matches = texts.flatMap(({ field, text }) => {
    const places: number[] = [];
    let start = 0;
    for (const line of text.split("\n")) {
      const at = shown.length === excerpt.length ? (line === shown ? 0 : -1) : line.indexOf(shown);
      if (at !== -1) places.push(start + at + marked);
      start += line.length + 1;
    }
    return places.map((offset) => ({ field, place: placeInSql(text, offset) }));
  });
  return matches.length === 1 ? matches[0] : undefined;
}

/** How many code units of a text take some columns. */
function unitsOfWidth(text: string, columns: number): number {
  let units = 0;
  let width = 0;
  for (const character of text) {
    if (width >= columns) break;
    width += NO_WIDTH.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
    units += character.length;
  }
  return units;
}
