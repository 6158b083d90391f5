#!/usr/bin/env bash
# DuckDB 1.5.5 reads decimals of more than 38 digits in Parquet as other numbers, without an error: -0.5 in a DECIMAL(50, 5) becomes
# -8388440.22785.
#
# One would guess that it refuses a decimal that its own type cannot hold, or gives the nearest DOUBLE. It does give a DOUBLE, but makes
# it of the wrong bytes. The type of a column says how long its values may be, so values that are short are wrong too.
#
# Version and output seen (@duckdb/node-api 1.5.5-r.5, engine v1.5.5, node v20.20.2; file by pyarrow 26.0.1, Python 3.11.7):
#   DOUBLE -8388440.22785
#   DOUBLE 2.07126121592655e+46
# Right would be -0.5 and 1.2345678901234567e+39, which DuckDB 2.0.1 gives.
#
# Needs node, npm, and Python 3.11 or newer with venv and pip. Fails when what it sees is different.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check pyarrow==26.0.1
venv/bin/python - <<'PYTHON'
from decimal import Decimal
import pyarrow as pa
import pyarrow.parquet as pq

values = [Decimal("-0.5"), Decimal("1234567890123456789012345678901234567890.12345")]
pq.write_table(pa.table({"x": pa.array(values, pa.decimal256(50, 5))}), "decimals.parquet")
PYTHON

cat >package.json <<'JSON'
{ "private": true, "type": "module" }
JSON
npm install --silent --no-audit --no-fund --save-exact @duckdb/node-api@1.5.5-r.5

cat >read.js <<'JS'
import { DuckDBInstance } from "@duckdb/node-api";

const instance = await DuckDBInstance.create(":memory:");
const connection = await instance.connect();
const reader = await connection.runAndReadAll("SELECT typeof(x), x::VARCHAR FROM 'decimals.parquet'");
for (const row of reader.getRows()) console.log(row.join(" "));
JS

seen=$(node read.js)
echo "$seen"
expected="DOUBLE -8388440.22785
DOUBLE 2.07126121592655e+46"
if [ "$seen" != "$expected" ]; then
  echo "This has changed: DuckDB reads long decimals rightly, refuses them, or takes them for yet other numbers." >&2
  exit 1
fi
