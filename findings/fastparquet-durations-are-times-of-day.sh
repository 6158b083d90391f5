#!/usr/bin/env bash
# fastparquet 2026.9.0 writes durations (pandas' timedelta) as times of a day: a day and more becomes another time to pyarrow, and a file
# that DuckDB refuses. fastparquet itself reads them back right, so a test with it alone sees nothing.
#
# One would guess what pyarrow does: whole numbers, and the schema of Arrow beside them. Parquet's TIME is from 00:00:00 to below
# 24:00:00, and 30 hours or minus a day are no such time.
#
# Versions and output seen (fastparquet 2026.9.0, pandas 3.1.1, pyarrow 26.0.1, DuckDB 2.0.1, Python 3.11.7), of 90 s, 30 h and -1 day:
#   fastparquet 0 days 00:01:30 | 1 days 06:00:00 | -1 days +00:00:00
#   pyarrow time64[us] 00:01:30 | 06:00:00 | 00:00:00
#   DuckDB InvalidInputException: TIME values must be within a day
#
# Needs Python 3.11 or newer with venv and pip. Fails when what it sees is different.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check \
  fastparquet==2026.9.0 pandas==3.1.1 pyarrow==26.0.1 duckdb==2.0.1 numpy==2.4.6
venv/bin/python - >seen.txt <<'PYTHON'
import duckdb
import fastparquet
import pandas as pd
import pyarrow.parquet as pq

fastparquet.write("spans.parquet", pd.DataFrame({"span": pd.to_timedelta(["90 s", "30 h", "-1 day"])}))
print("fastparquet", " | ".join(map(str, fastparquet.ParquetFile("spans.parquet").to_pandas()["span"])))
column = pq.read_table("spans.parquet")["span"]
print("pyarrow", column.type, " | ".join(map(str, column.to_pylist())))
try:
    print("DuckDB", duckdb.sql("SELECT span FROM 'spans.parquet'").fetchall())
except duckdb.Error as error:
    print(f"DuckDB {type(error).__name__}: {str(error).split(' - ')[-1].splitlines()[0]}")
PYTHON

cat seen.txt
diff seen.txt - <<'SEEN'
fastparquet 0 days 00:01:30 | 1 days 06:00:00 | -1 days +00:00:00
pyarrow time64[us] 00:01:30 | 06:00:00 | 00:00:00
DuckDB InvalidInputException: TIME values must be within a day
SEEN
