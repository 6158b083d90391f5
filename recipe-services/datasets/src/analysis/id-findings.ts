import type { DuckDBConnection } from "@duckdb/node-api";
import type { Finding } from "@palate/proto/dataset";
import { literal, queryRows } from "../storage/duckdb.js";
import { count, ofRows, quoted, severityFrom } from "./finding-text.js";
import { figure } from "./figures.js";

/** Words that programs write where there is no value, in small letters. */
const NULL_WORDS = ["null", "nan", "none", "\\n", "na", "n/a", "undefined", "nil", "<na>", "nat", "#n/a", "-"];

/** Share of the rows from which on such words, and ids that are written oddly, are critical. */
const CRITICAL_WORDS = 0.01;
const CRITICAL_FORMS = 0.1;

/** Ids of a kind, or pairs, that a finding shows, and the most characters of one that is shown. */
const SHOWN = 3;
const SHOWN_LENGTH = 60;

/** Ids of capital and small letters, digits and a few marks, in which nothing can be odd but the whole word. */
const PLAIN = "[A-Za-z_:/-][A-Za-z0-9_:/-]*|[0-9]+([A-DF-Za-df-z_:/-][A-Za-z0-9_:/-]*)?";
const UNSEEN = "[\\x{00AD}\\x{200B}-\\x{200F}\\x{202A}-\\x{202E}\\x{2060}\\x{FEFF}]";
const BLANKS = "[\\s\\p{Z}]+";
const SCIENTIFIC = "[0-9]([.][0-9]+)?[eE][+-]?[0-9]+";
const DECIMAL = "-?[0-9]+[.]0+";

/** How an id may be written oddly, in the order in which it is asked for. */
const FORMS = {
  unseen: {
    when: `regexp_matches(id, '${UNSEEN}')`,
    what: "characters that nobody sees",
    remedy: "Remove them where the file is made, or with an expression in the import's mapping",
  },
  blanks: {
    when: `id <> ${trimmed("id")}`,
    what: "white space around it, or in it where others have a single blank",
    remedy: "Import it with trim in the mapping, or remove it where the file is made",
  },
  scientific: {
    when: `regexp_full_match(id, '${SCIENTIFIC}')`,
    what: "the form of a large number that a program has rounded",
    remedy: "Export the ids as text: digits that are gone cannot be brought back",
  },
  decimal: {
    when: `regexp_full_match(id, '${DECIMAL}')`,
    what: 'a ".0" at its end, as numbers with decimals have',
    remedy: "Export the ids as text or as whole numbers",
  },
  composed: {
    when: "id <> nfc_normalize(id)",
    what: "accents written as characters of their own (not normalised to NFC)",
    remedy: "Normalise ids to NFC everywhere, or with nfc_normalize(…) as an expression in the import's mapping",
  },
} as const;

type Form = keyof typeof FORMS;

/** SQL of a text with single blanks, and none around it. */
function trimmed(text: string): string {
  return `trim(regexp_replace(${text}, '${BLANKS}', ' ', 'g'))`;
}

/** SQL of the id that was probably meant. */
const MEANT = `CASE WHEN regexp_full_match(base, '${DECIMAL}') THEN regexp_replace(base, '[.]0+$', '')
  WHEN regexp_full_match(base, '${SCIENTIFIC}') THEN coalesce(TRY_CAST(TRY_CAST(base AS DOUBLE) AS HUGEINT)::VARCHAR, base)
  ELSE base END`;

/** The ids of a column, each once. */
export interface CountedIds {
  readonly connection: DuckDBConnection;
  /** The column. */
  readonly column: string;
  /** SQL of their table, with columns `id` and `n`, the rows that have it. */
  readonly table: string;
  /** Rows of all ids. */
  readonly rows: number;
}

/** Findings about ids that are none, or that are written in several ways, of which each counts as another id. */
export async function idFindings(ids: CountedIds): Promise<Finding[]> {
  const { connection, table } = ids;
  const words = NULL_WORDS.map(literal).join(", ");
  const forms = Object.entries(FORMS).map(([form, { when }]) => `WHEN ${when} THEN '${form}'`);
  const base = `nfc_normalize(${trimmed(`regexp_replace(id, '${UNSEEN}', '', 'g')`)})`;
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE odd_ids AS SELECT * FROM (
       SELECT id, n, ${MEANT} AS meant, CASE WHEN lower(base) IN (${words}) THEN 'word' ${forms.join(" ")} END AS form
       FROM (SELECT id, n, ${base} AS base FROM ${table} WHERE id IS NOT NULL
         AND (NOT regexp_full_match(id, '${PLAIN}') OR lower(id) IN (${words})))) WHERE form IS NOT NULL`,
  );
  const found = await queryRows(
    connection,
    "SELECT form, sum(n)::BIGINT AS n, count(*) AS ids FROM odd_ids GROUP BY form",
  );
  const findings: Finding[] = [];
  for (const row of found) {
    const form = String(row["form"]);
    const odd = { rows: figure(row, "n"), ids: figure(row, "ids") };
    const finding = form === "word" ? await wordFinding(ids, odd.rows) : await formFinding(ids, form as Form, odd);
    if (finding) findings.push(finding);
  }
  return findings;
}

async function wordFinding({ connection, column, rows }: CountedIds, odd: number): Promise<Finding> {
  const words = await queryRows(
    connection,
    `SELECT id, n FROM odd_ids WHERE form = 'word' ORDER BY n DESC, id LIMIT ${NULL_WORDS.length}`,
  );
  const shown = words.map((row) => `${quoted(String(row["id"]))} (${count(figure(row, "n"))})`).join(", ");
  return {
    severity: severityFrom(CRITICAL_WORDS, odd / rows),
    column,
    message: `${ofRows(odd, rows)} have a word for "no value" in place of an id: ${shown}. They count as ids.`,
    suggestion: `Leave those rows out where the file is made, or with rowFilter in the import's mapping.`,
  };
}

/** Of numbers in forms that ids may well have, nothing is said unless they are many, or meet others that mean the same. */
async function formFinding(
  { connection, column, table, rows }: CountedIds,
  form: Form,
  odd: { readonly rows: number; readonly ids: number },
): Promise<Finding | undefined> {
  const { what, remedy } = FORMS[form];
  const short = (name: string) => `length(${name}) <= ${SHOWN_LENGTH}`;
  const pairs = await queryRows(
    connection,
    `SELECT a, b FROM (
       SELECT odd.id AS a, plain.id AS b, odd.n + plain.n AS n FROM odd_ids AS odd JOIN ${table} AS plain ON plain.id = odd.meant
         WHERE form = '${form}' AND odd.id <> plain.id
       UNION ALL SELECT one.id, other.id, one.n + other.n FROM odd_ids AS one JOIN odd_ids AS other USING (meant)
         WHERE one.form = '${form}' AND one.id < other.id)
     WHERE ${short("a")} AND ${short("b")} ORDER BY n DESC, a, b LIMIT ${SHOWN}`,
  );
  const mayBeMeant = form === "decimal" || form === "scientific";
  if (mayBeMeant && pairs.length === 0 && odd.rows < CRITICAL_FORMS * rows) return undefined;
  const alone = await queryRows(
    connection,
    `SELECT id FROM odd_ids WHERE form = '${form}' AND ${short("id")} ORDER BY n DESC, id LIMIT ${SHOWN}`,
  );
  const shown =
    pairs.length > 0
      ? `: ${pairs.map(({ a, b }) => `${quoted(String(a))} beside ${quoted(String(b))}`).join(", ")}`
      : alone.length > 0
        ? `: ${alone.map(({ id }) => quoted(String(id))).join(", ")}`
        : "";
  const ids = `${count(odd.ids)} ${odd.ids === 1 ? "id" : "ids"}`;
  return {
    severity: severityFrom(CRITICAL_FORMS, odd.rows / rows),
    column,
    message: `${ofRows(odd.rows, rows)}, ${ids}, have an id with ${what}${shown}. Each counts as an id of its own.`,
    suggestion: `${remedy}.`,
  };
}
