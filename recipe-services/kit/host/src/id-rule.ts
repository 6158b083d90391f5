/** Most characters of an id. */
const MAX_ID_LENGTH = 256;

/** What no id has, and what every id has one of: Unicode classes that regular expressions of JavaScript and of DuckDB know. */
const CONTROL = String.raw`[\p{Cc}]`;
const VISIBLE = String.raw`[^\p{Z}\p{Cc}\p{Cf}]`;

const PLAIN = /^[!-~]{1,256}$/;
const HAS_CONTROL = new RegExp(CONTROL, "u");
const HAS_VISIBLE = new RegExp(VISIBLE, "u");
const HAS_HALF_A_PAIR = /\p{Surrogate}/u;

/**
 * What is wrong with the id of a user, an item, an action, a session, an event or a recommendation, as a sentence's end; undefined
 * when nothing is. The one rule for ids, wherever they come in: 1 to 256 characters, one of them visible, none a control character.
 */
export function idProblem(id: string): string | undefined {
  if (PLAIN.test(id)) return undefined;
  const length = idLengthProblem(id);
  if (length !== undefined) return length;
  const control = HAS_CONTROL.exec(id)?.[0];
  if (control !== undefined) {
    const code = control.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    return `has the control character U+${code}, which no id may have`;
  }
  if (!HAS_VISIBLE.test(id)) return "is white space alone; an id has a character that can be seen";
  return HAS_HALF_A_PAIR.test(id) ? "has half a surrogate pair, which is no character" : undefined;
}

/** The part of {@link idProblem} that is about length: for ids that are to be found, which may be older than the whole rule. */
export function idLengthProblem(id: string): string | undefined {
  if (id === "") return "is empty";
  // Counting characters takes an array of them, which a text of megabytes is not worth.
  const characters = id.length > MAX_ID_LENGTH && id.length < 10_000 ? [...id].length : id.length;
  return characters > MAX_ID_LENGTH ? `has ${characters} characters; at most ${MAX_ID_LENGTH} are right` : undefined;
}

/** SQL of DuckDB that is true for a text that {@link idProblem} finds fault with. */
export function idProblemSql(expression: string): string {
  // Ids are hardly ever anything but plain, which takes a third of the time to see; a CASE looks further at the others only.
  const plain = `regexp_full_match(${expression}, '[!-~]+') AND strlen(${expression}) <= ${MAX_ID_LENGTH}`;
  const control = `regexp_matches(${expression}, '${CONTROL}')`;
  const visible = `regexp_matches(${expression}, '${VISIBLE}')`;
  const length = `length(${expression}) NOT BETWEEN 1 AND ${MAX_ID_LENGTH}`;
  return `CASE WHEN ${plain} THEN false ELSE ${length} OR ${control} OR NOT ${visible} END`;
}
