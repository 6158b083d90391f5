#!/usr/bin/env bash
# DuckDB 1.5.5: read_csv takes what the first line of a file ends in for what ends all records, even where that line ends inside of
# quotes. With every option given and nothing to detect, a CR LF in the first quoted value of a file of LF records loses all rows without
# an error when it is in the header, and makes the file unreadable when it is in the first row.
#
# One would guess that what is quoted ends nothing: the same value in any later row is read right, and `new_line` says what is meant.
#
# Version and output seen (@duckdb/node-api 1.5.5-r.5, engine v1.5.5, node v20.20.2):
#   in the header: 0 rows, with new_line 2 rows
#   in the first row: error, with new_line 2 rows
#   in the second row: 2 rows, with new_line 2 rows
#
# Needs node and npm. Fails when what it sees is different.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >package.json <<'JSON'
{ "private": true, "type": "module" }
JSON
npm install --silent --no-audit --no-fund --save-exact @duckdb/node-api@1.5.5-r.5

cat >lines.js <<'JS'
import { DuckDBInstance } from "@duckdb/node-api";
import { writeFileSync } from "node:fs";

const instance = await DuckDBInstance.create(":memory:");
const connection = await instance.connect();
const rows = async (text, header, more) => {
  writeFileSync("a.csv", text);
  const options = `auto_detect = false, header = ${header}, delim = ',', quote = '"', escape = '"'`;
  const columns = "columns = {'a': 'VARCHAR', 'b': 'VARCHAR'}";
  try {
    const reader = await connection.runAndReadAll(`SELECT * FROM read_csv('a.csv', ${options}, ${columns}${more})`);
    return `${reader.currentRowCount} rows`;
  } catch {
    return "error";
  }
};
for (const [where, text, header] of [
  ["the header", '"a\r\nof",b\n1,2\n3,4\n', true],
  ["the first row", '"1\r\n",2\n3,4\n', false],
  ["the second row", '1,2\n"3\r\n",4\n', false],
]) {
  const said = await rows(text, header, String.raw`, new_line = '\n'`);
  console.log(`in ${where}: ${await rows(text, header, "")}, with new_line ${said}`);
}
JS

seen=$(node lines.js)
expected="in the header: 0 rows, with new_line 2 rows
in the first row: error, with new_line 2 rows
in the second row: 2 rows, with new_line 2 rows"
echo "$seen"
if [ "$seen" != "$expected" ]; then
  echo "This has changed: what ends a line inside of quotes no longer ends records, or in another way." >&2
  exit 1
fi
