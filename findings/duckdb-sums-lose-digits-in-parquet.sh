#!/usr/bin/env bash
# DuckDB 2.0.1 (and 1.5.5) writes HUGEINT into Parquet as DOUBLE, without an error: 9007199254740993 comes back as 9007199254740992.0. sum()
# of whole numbers is a HUGEINT, so an exact sum in a query is a rounded one in the file that COPY makes of the same query.
#
# One would guess that COPY refuses what the format cannot hold, or takes DECIMAL(38, 0), which Parquet has and both can read exactly.
#
# Version and output seen (DuckDB 2.0.1, Python 3.11.7):
#   query 9007199254740993 HUGEINT
#   file  9007199254740992.0 DOUBLE
#   cast  9007199254740993 DECIMAL(38,0)
#
# Needs Python 3.11 or newer with venv and pip. Fails when what it sees is different.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check duckdb==2.0.1
venv/bin/python - >seen.txt <<'PYTHON'
import duckdb

def value_and_type(source):
    return duckdb.execute(f"SELECT total, typeof(total) FROM {source}").fetchone()

total = "SELECT sum(amount) AS total FROM (VALUES (9007199254740992), (1)) orders(amount)"
duckdb.sql(f"COPY ({total}) TO 'sum.parquet'")
duckdb.sql(f"COPY (SELECT total::DECIMAL(38, 0) AS total FROM ({total})) TO 'cast.parquet'")
print("query", *value_and_type(f"({total})"))
print("file ", *value_and_type("'sum.parquet'"))
print("cast ", *value_and_type("'cast.parquet'"))
PYTHON

cat seen.txt
diff seen.txt - <<'SEEN'
query 9007199254740993 HUGEINT
file  9007199254740992.0 DOUBLE
cast  9007199254740993 DECIMAL(38,0)
SEEN
