#!/usr/bin/env bash
# DuckDB 1.5.5: a text with a zone moves the times of the rows after it that have none. Both a cast to TIMESTAMPTZ and strptime over a
# list of patterns, one of them with %Z or %z, read "2024-06-01 12:00:00" as UTC until a row names Europe/Berlin or +0900; from then on
# as that, without an error or a warning.
#
# One would guess that each value is read by itself, and that a value without a zone means the session's (TimeZone, here UTC), wherever
# it stands. What a column means so depends on the order of its rows, and on how they fall into vectors.
#
# Version and output seen (@duckdb/node-api 1.5.5-r.5, engine v1.5.5, node v20.20.2, session in UTC):
#   cast      1717243200 1717236000 1717236000 1717210800 1717210800
#   strptime  1717243200 1717236000 1717236000
#   strptime with offsets  1717243200 1717210800 1717210800
# Right would be 1717243200 in every place but those that name a zone.
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

cat >zones.js <<'JS'
import { DuckDBInstance } from "@duckdb/node-api";

const instance = await DuckDBInstance.create(":memory:");
const connection = await instance.connect();
await connection.run("SET TimeZone = 'UTC'");
const seconds = async (expression, ...texts) => {
  const rows = texts.map((text) => `('${text}')`).join(", ");
  const reader = await connection.runAndReadAll(`SELECT epoch(${expression})::BIGINT AS s FROM (VALUES ${rows}) AS t(text)`);
  return reader.getRows().map(([value]) => String(value)).join(" ");
};
const plain = "2024-06-01 12:00:00";
const [berlin, tokyo, offset] = [`${plain} Europe/Berlin`, `${plain} Asia/Tokyo`, `${plain}+0900`];
console.log("cast", await seconds("text::TIMESTAMPTZ", plain, berlin, plain, tokyo, plain));
console.log("strptime", await seconds("strptime(text, ['%Y-%m-%d %H:%M:%S %Z', '%Y-%m-%d %H:%M:%S'])", plain, berlin, plain));
console.log("offsets", await seconds("strptime(text, ['%Y-%m-%d %H:%M:%S%z', '%Y-%m-%d %H:%M:%S'])", plain, offset, plain));
JS

seen=$(node zones.js)
expected="cast 1717243200 1717236000 1717236000 1717210800 1717210800
strptime 1717243200 1717236000 1717236000
offsets 1717243200 1717210800 1717210800"
echo "$seen"
if [ "$seen" != "$expected" ]; then
  echo "This has changed: a zone in one row no longer moves the next, or in another way." >&2
  exit 1
fi
