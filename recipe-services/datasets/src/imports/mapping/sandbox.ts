import type { DuckDBConnection } from "@duckdb/node-api";
import { queryRows } from "../../storage/duckdb.js";
import { AGGREGATE_FUNCTIONS, ROW_FUNCTIONS, ROW_MAKING_FUNCTIONS } from "./allowed-functions.js";
import { offsetOfByte, offsetOfCharacter, placeInSql } from "./sql-place.js";

/** The table that stands for the file in a mapping's query. */
export const FILE_TABLE = "file";

/** Longest text of SQL. */
const MAX_LENGTH = 20_000;

/** Kinds of expressions that compute with what they are given. */
const EXPRESSIONS = new Set(
  "FUNCTION COLUMN_REF CONSTANT CAST CASE COMPARISON CONJUNCTION OPERATOR BETWEEN COLLATE LAMBDA".split(" "),
);
const QUERY_EXPRESSIONS = new Set(["WINDOW", "SUBQUERY", "STAR"]);

/** Kinds of other parts of a query. */
const QUERY_PARTS = new Set(
  (
    "SELECT_NODE SET_OPERATION_NODE BASE_TABLE SUBQUERY JOIN EMPTY TABLE_FUNCTION EXPRESSION_LIST PIVOT " +
    "ORDER_MODIFIER LIMIT_MODIFIER LIMIT_PERCENT_MODIFIER DISTINCT_MODIFIER ORDER_DEFAULT ASCENDING DESCENDING"
  ).split(" "),
);

/** The same of an expression: what a SELECT without FROM has for a table, and the order in which a function takes values. */
const EXPRESSION_PARTS = new Set("EMPTY ORDER_MODIFIER ORDER_DEFAULT ASCENDING DESCENDING".split(" "));

/** Names of tables that a query may give: none that DuckDB could take for a file, or that is a view of its own. */
const TABLE_NAME = /^(?!duckdb_|pg_|sqlite_|pragma_|information_schema)[a-z_][a-z0-9_]*$/i;

/** A SQL text that was looked at. */
interface CheckedSql {
  /** What is wrong with it, and what would be right; undefined when it may run. */
  readonly problem: string | undefined;
  /** The columns that it names, in lower case, and maybe more. */
  readonly columns: ReadonlySet<string>;
}

/** A text, and what it stands between in what is parsed. */
interface GivenSql {
  readonly text: string;
  readonly before: string;
  readonly after: string;
}

type Tree = Readonly<Record<string, unknown>>;

/** Checks an expression over a row: it reaches nothing but the row's values. */
export async function checkExpression(connection: DuckDBConnection, text: string): Promise<CheckedSql> {
  const given = { text, before: "SELECT (\n", after: "\n)" };
  const root = await parse(connection, given);
  if (typeof root === "string") return { problem: root, columns: new Set() };
  if (!isBareSelect(root)) return { problem: "is no single expression", columns: new Set() };
  return new TreeCheck(given, undefined).check(root);
}

/** Checks a query over the table `file`: it reads nothing else. */
export async function checkQuery(connection: DuckDBConnection, text: string): Promise<CheckedSql> {
  const given = { text, before: "", after: "" };
  const root = await parse(connection, given);
  if (typeof root === "string") return { problem: root, columns: new Set() };
  return new TreeCheck(given, tableNames(root)).check(root);
}

/** The tree of a text that is one SELECT, or what is wrong with it. */
async function parse(connection: DuckDBConnection, { text, before, after }: GivenSql): Promise<Tree | string> {
  if (text.length > MAX_LENGTH) return `has ${text.length} characters; at most ${MAX_LENGTH} are right`;
  if (text.includes("\0")) return "holds a NUL character";
  const sql = `${before}${text}${after}`;
  const [row] = await queryRows(connection, "SELECT json_serialize_sql($sql::VARCHAR) AS tree", { sql });
  const tree = JSON.parse(String(row?.["tree"])) as Tree;
  if (tree["error"] === true) {
    const [message] = String(tree["error_message"]).split("\n");
    const place =
      tree["position"] === undefined ? -1 : offsetOfCharacter(sql, Number(tree["position"])) - before.length;
    return `cannot be read: ${message}${place < 0 ? "" : ` (${placeInSql(text, place)})`}`;
  }
  const statements = tree["statements"] as readonly Tree[];
  if (statements.length !== 1) return `has ${statements.length} statements; one SELECT is right`;
  return statements[0]!["node"] as Tree;
}

/** Whether a tree is `SELECT x` and nothing besides. */
function isBareSelect(root: Tree): boolean {
  const isEmpty = (key: string) => (root[key] as readonly unknown[]).length === 0;
  const ctes = (root["cte_map"] as { map: readonly unknown[] }).map;
  return (
    root["type"] === "SELECT_NODE" &&
    (root["select_list"] as readonly unknown[]).length === 1 &&
    (root["from_table"] as Tree)["type"] === "EMPTY" &&
    ["where_clause", "having", "qualify", "sample"].every((key) => root[key] === null) &&
    ["modifiers", "group_expressions", "group_sets"].every(isEmpty) &&
    ctes.length === 0
  );
}

/** The tables that a query names itself, and the file. */
function tableNames(root: Tree): Set<string> {
  const names = new Set([FILE_TABLE]);
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    else if (node !== null && typeof node === "object") {
      const ctes = (node as { cte_map?: { map?: readonly { key?: unknown }[] } }).cte_map?.map ?? [];
      for (const { key } of ctes) if (typeof key === "string" && TABLE_NAME.test(key)) names.add(key.toLowerCase());
      Object.values(node).forEach(visit);
    }
  };
  visit(root);
  return names;
}

/** Walks a tree; whatever it does not know is refused. */
class TreeCheck {
  readonly #given: GivenSql;
  readonly #isQuery: boolean;
  readonly #tables: ReadonlySet<string>;
  readonly #columns = new Set<string>();
  #problem: string | undefined;

  /** @param tables those that a query may read; undefined for an expression, which reads none */
  constructor(given: GivenSql, tables: ReadonlySet<string> | undefined) {
    this.#given = given;
    this.#isQuery = tables !== undefined;
    this.#tables = tables ?? new Set();
  }

  check(root: Tree): CheckedSql {
    for (const [key, value] of Object.entries(root)) this.#visit(key, value);
    if (this.#isQuery) this.#part(root);
    return { problem: this.#problem, columns: this.#columns };
  }

  #visit(key: string, node: unknown): void {
    if (Array.isArray(node)) {
      for (const each of node) this.#visit(key, each);
    } else if (node !== null && typeof node === "object") {
      const tree = node as Tree;
      // What a constant is, and what type something has, computes nothing.
      if (key === "value" && "is_null" in tree) return;
      if (key === "cast_type" || key === "type_info") return;
      if (typeof tree["class"] === "string") this.#expression(tree);
      else if (typeof tree["type"] === "string") this.#part(tree);
      for (const [name, value] of Object.entries(tree)) this.#visit(name, value);
    }
  }

  #expression(tree: Tree): void {
    const kind = String(tree["class"]);
    if (!EXPRESSIONS.has(kind) && !(this.#isQuery && QUERY_EXPRESSIONS.has(kind))) {
      this.#refuse(tree, `uses ${kind.toLowerCase().replaceAll("_", " ")}, which ${this.#may()}`);
    }
    if (kind === "COLUMN_REF") {
      for (const name of (tree["column_names"] as readonly string[]).slice(0, 2)) this.#columns.add(name.toLowerCase());
    }
    if (kind === "FUNCTION" || kind === "WINDOW") this.#function(tree);
  }

  #function(tree: Tree): void {
    const name = String(tree["function_name"]).toLowerCase();
    const isOwn = ["", "main"].includes(String(tree["schema"] ?? "")) && String(tree["catalog"] ?? "") === "";
    const isAllowed =
      ROW_FUNCTIONS.has(name) || (this.#isQuery && (AGGREGATE_FUNCTIONS.has(name) || ROW_MAKING_FUNCTIONS.has(name)));
    if (!isOwn || !isAllowed) this.#refuse(tree, `uses the function ${name.slice(0, 60)}, which ${this.#may()}`);
  }

  #part(tree: Tree): void {
    const kind = String(tree["type"]);
    if (!(this.#isQuery ? QUERY_PARTS : EXPRESSION_PARTS).has(kind)) {
      this.#refuse(tree, `uses ${kind.toLowerCase().replaceAll("_", " ")}, which ${this.#may()}`);
    }
    if (kind === "BASE_TABLE") this.#table(tree);
    if (kind === "TABLE_FUNCTION") {
      const name = String((tree["function"] as Tree)["function_name"]).toLowerCase();
      if (!ROW_MAKING_FUNCTIONS.has(name))
        this.#refuse(tree, `reads ${name.slice(0, 60)}(…); it may read the table file only`);
    }
  }

  #table(tree: Tree): void {
    const name = String(tree["table_name"]);
    const isPlain = tree["schema_name"] === "" && tree["catalog_name"] === "" && (tree["at_clause"] ?? null) === null;
    if (!isPlain || !this.#tables.has(name.toLowerCase())) {
      this.#refuse(tree, `reads the table "${name.slice(0, 60)}"; it may read the table file only`);
    }
  }

  #may(): string {
    return this.#isQuery ? "a mapping's query may not" : "an expression over a row may not";
  }

  #refuse(tree: Tree, problem: string): void {
    const { text, before } = this.#given;
    const byte = Number(tree["query_location"] ?? Infinity) - before.length;
    const isInside = byte >= 0 && byte < Buffer.byteLength(text);
    const place = isInside ? ` (${placeInSql(text, offsetOfByte(text, byte))})` : "";
    this.#problem ??= `${problem}${place}`;
  }
}
