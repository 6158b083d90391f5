import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DuckDb, queryRows } from "../../storage/duckdb.js";
import { AGGREGATE_FUNCTIONS, ROW_FUNCTIONS, ROW_MAKING_FUNCTIONS } from "./allowed-functions.js";
import { checkExpression, checkQuery } from "./sandbox.js";

let folder: string;
let duckdb: DuckDb;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "palate-sandbox-"));
  duckdb = await DuckDb.open({ memoryMb: 256, threads: 1, folder });
});
afterAll(async () => {
  duckdb?.close();
  await rm(folder, { recursive: true, force: true });
});

const problemOf = (check: typeof checkQuery, text: string) =>
  duckdb.with(async (connection) => (await check(connection, text)).problem);

/** Functions that no SQL of a mapping may use, as patterns of their names. */
const REFUSED = [
  /^__internal|^create_sort_key$|^constant_or_null$|^array_to_string_comma_default$|^timetz_byte_comparable$|^is_histogram/,
  /^current_|^get_current_|^now$|^today$|^transaction_timestamp$|^ago$|^txid_current$/,
  /^pg_|^has_.*_privilege$|^(col|obj|shobj)_description$|^inet_|^format(_pg)?_type$|^map_to_pg_oid$|^in_search_path$/,
  /^user$|^session_user$|^version$|^getvariable$|^(next|curr)val$|^write_log$|^sleep_ms$|^get_block_size$|^error$/,
  /^random$|^setseed$|^uuid(v[47])?$|^gen_random_uuid$|^reservoir_quantile$/,
  /^json_(de)?serialize|^json_group_structure$|^icu_|^st_|^variant_|^enum_|^parse_(dirname|dirpath|filename|path|duckdb)/,
  /^(cast_to|get|make|replace|vector)_type$|^can_cast_implicitly$|^remap_struct$|^stats$|^normalized_interval$/,
  /^generate_subscripts$|^unpivot_list$|^regexp_split_to_table$|^aggregate$|^combine$|^finalize$|^approx_top_k$|_nulls_last$/,
];

test("every function of this DuckDB is allowed or refused, none both, and those allowed are there", async () => {
  const rows = await duckdb.with((connection) =>
    queryRows(
      connection,
      "SELECT DISTINCT function_name AS name FROM duckdb_functions() WHERE function_type IN ('scalar', 'aggregate', 'macro')",
    ),
  );
  const all = rows.map((row) => String(row["name"]));
  const isAllowed = (name: string) => ROW_FUNCTIONS.has(name) || AGGREGATE_FUNCTIONS.has(name);
  const isRefused = (name: string) => REFUSED.some((pattern) => pattern.test(name));
  expect(all.filter((name) => isAllowed(name) === isRefused(name))).toEqual([]);
  const windows =
    /^(row_number|rank|dense_rank|rank_dense|percent_rank|cume_dist|ntile|lead|lag|(first|last|nth)_value)$/;
  const unknown = [...ROW_FUNCTIONS, ...AGGREGATE_FUNCTIONS].filter(
    (name) => !all.includes(name) && !windows.test(name),
  );
  expect(unknown).toEqual([]);
});

test("functions that make tables are refused, but for those of lists and numbers", async () => {
  const rows = await duckdb.with((connection) =>
    queryRows(
      connection,
      "SELECT DISTINCT function_name AS name FROM duckdb_functions() WHERE function_type IN ('table', 'table_macro', 'pragma')",
    ),
  );
  for (const { name } of rows) {
    if (ROW_MAKING_FUNCTIONS.has(String(name))) continue;
    expect(await problemOf(checkQuery, `SELECT * FROM "${String(name)}"('x')`)).toMatch(/reads|function/);
  }
});

describe("queries", () => {
  test.each([
    "SELECT * FROM file",
    "FROM file SELECT a, count(*) GROUP BY a",
    "WITH t AS (SELECT a FROM file) SELECT t.a, f.b FROM t JOIN file f USING (a) WHERE b::INT > 1 ORDER BY ALL LIMIT 5",
    "SELECT a, unnest(string_split(b, ' ')) AS c, row_number FROM file, range(3) r, unnest([1, 2]) u(v)",
    "SELECT *, row_number() OVER (PARTITION BY a ORDER BY b DESC) AS n FROM file QUALIFY n = 1",
    "SELECT arg_max(a, b) FILTER (b > 1) FROM file GROUP BY c HAVING count(*) > 1 UNION ALL SELECT 'x'",
    "SELECT * EXCLUDE (a) REPLACE (b + 1 AS b) FROM (PIVOT file ON property IN ('x', 'y') USING max(value) GROUP BY itemid)",
    "SELECT CASE WHEN a IS NULL THEN strptime(b, '%Y') ELSE c::TIMESTAMP END, list_transform(d, lambda e: e.f) FROM file",
    "SELECT * FROM file WHERE a IN (SELECT max(a) FROM file) -- the last one",
    "VALUES (1, 2)",
  ])("may read the file: %s", async (text) => {
    expect(await problemOf(checkQuery, text)).toBeUndefined();
  });

  test.each([
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM 'https://example.org/x.parquet'",
    "SELECT * FROM read_text('/proc/self/environ')",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM duckdb_tables",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM memory.main.staged",
    "SELECT * FROM staged",
    "SELECT * FROM other.file",
    "SELECT * FROM (WITH duckdb_settings AS (SELECT 1) SELECT 1), duckdb_settings",
    'SELECT * FROM (WITH "/etc/passwd" AS (SELECT 1) SELECT 1), "/etc/passwd"',
    "WITH RECURSIVE t AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM t) SELECT * FROM t",
    "SELECT getenv('HOME') FROM file",
    "SELECT current_setting('home_directory') FROM file",
    "SELECT getvariable('x')",
    "SELECT nextval('s')",
    "SELECT write_log('x')",
    "SELECT pg_sleep(1000)",
    "SELECT json_serialize_plan('SELECT 1')",
    "SELECT * FROM json_execute_serialized_sql('{}')",
    "SELECT * FROM query('SELECT 1')",
    "SELECT * FROM query_table('staged')",
    "SELECT * FROM file AT (VERSION => 1)",
    "SELECT system.main.version()",
    "SELECT $1",
    "SELECT $name FROM file",
    "SELECT 1; SELECT 2",
    "SELECT 1; DROP TABLE staged",
    "COPY (SELECT 1) TO '/tmp/x'",
    "ATTACH '/tmp/x.db'",
    "INSTALL httpfs",
    "SET threads = 100",
    "PRAGMA database_list",
    "CREATE TABLE x AS SELECT 1",
    "SELECT * FROM file WHERE EXISTS (SELECT * FROM read_blob('/etc/passwd'))",
    "SELECT (SELECT content FROM read_text('/etc/passwd')) FROM file",
    "CALL enable_logging()",
    "SELECT * FROM enable_logging()",
    "SELECT system.main.enable_logging()",
    "DESCRIBE file",
    "SHOW ALL TABLES",
    "SUMMARIZE file",
    "EXPLAIN SELECT 1",
    "",
    "nonsense",
    `SELECT 1${"+1".repeat(5_000)}`,
    `SELECT '${"x".repeat(20_000)}'`,
  ])("may do nothing else: %s", async (text) => {
    expect(await problemOf(checkQuery, text)).toEqual(expect.any(String));
  });
});

describe("expressions", () => {
  test.each([
    "a",
    "rating::INT >= 4 AND kind <> 'x'",
    "CASE WHEN a = 'pv' THEN 'view' ELSE lower(b) END -- a comment",
    "element.type || (payload->>'$.x')",
    "list_filter(tags, lambda t: t <> '')[1]",
    "TRY(a::DATE) IS NOT NULL AND b IN ('x', 'y') AND c BETWEEN 1 AND 2 AND d LIKE 'x%'",
  ])("compute with the row: %s", async (text) => {
    expect(await problemOf(checkExpression, text)).toBeUndefined();
  });

  test.each([
    "1) FROM read_text('/etc/passwd') WHERE (true",
    "1) UNION SELECT (2",
    "1); DROP TABLE staged; SELECT (1",
    "1) ORDER BY (1",
    "(SELECT max(a) FROM file)",
    "(SELECT 1)",
    "count(*)",
    "sum(a)",
    "row_number() OVER ()",
    "unnest([1, 2])",
    "*",
    "COLUMNS('a.*')",
    "#1",
    "$1",
    "now()",
    "random() > 0.5",
    "current_setting('x')",
    "a IN (SELECT b FROM file)",
    "",
  ])("do nothing else: %s", async (text) => {
    expect(await problemOf(checkExpression, text)).toEqual(expect.any(String));
  });
});
