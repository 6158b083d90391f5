#!/usr/bin/env bash
# @duckdb/node-api 1.5.5-r.5 and apache-arrow 21.2.0 leave out U+FEFF in front of every text that they give: both decode each value with
# a TextDecoder, which takes it for a byte order mark. In the database, and in the file, it is there.
#
# One would guess that a value comes back as it was stored: two ids that differ by that character are one after reading.
#
# Version and output seen (node v20.20.2):
#   duckdb: length 2 in the database, 1 here
#   arrow: 4 bytes in the column, length 1 here
#
# Needs node and npm. Fails when what it sees is different.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >package.json <<'JSON'
{ "private": true, "type": "module" }
JSON
npm install --silent --no-audit --no-fund --save-exact @duckdb/node-api@1.5.5-r.5 apache-arrow@21.2.0

cat >marks.js <<'JS'
import { DuckDBInstance } from "@duckdb/node-api";
import { Utf8, vectorFromArray } from "apache-arrow";

const instance = await DuckDBInstance.create(":memory:");
const connection = await instance.connect();
const reader = await connection.runAndReadAll("SELECT length(t), t FROM (SELECT chr(65279) || 'u' AS t)");
const [[stored, text]] = reader.getRows();
console.log(`duckdb: length ${stored} in the database, ${text.length} here`);
const vector = vectorFromArray(["\ufeffu"], new Utf8());
console.log(`arrow: ${vector.data[0].valueOffsets[1]} bytes in the column, length ${vector.get(0).length} here`);
JS

seen=$(node marks.js)
expected="duckdb: length 2 in the database, 1 here
arrow: 4 bytes in the column, length 1 here"
echo "$seen"
if [ "$seen" != "$expected" ]; then
  echo "This has changed: a mark in front of a text is kept, or lost in another way." >&2
  exit 1
fi
