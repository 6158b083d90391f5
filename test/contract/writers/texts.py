"""CSV, TSV, JSON Lines and JSON arrays."""

import csv

import duckdb
import pyarrow.csv as pacsv

import shop


def write(folder):
    _pandas(folder)
    _polars(folder)
    _duckdb(folder)
    pacsv.write_csv(shop.arrow(without=["GENRES"]), folder / "pyarrow.csv")


def _pandas(folder):
    frame = shop.pandas()
    frame.to_csv(folder / "pandas.csv")
    frame.to_csv(folder / "pandas-without-index.csv", index=False)
    frame.to_csv(folder / "pandas-all-quoted.csv", index=False, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    frame.to_csv(folder / "pandas-numbers-bare.csv", index=False, quoting=csv.QUOTE_NONNUMERIC)
    frame.to_csv(folder / "pandas-escaped.csv", index=False, doublequote=False, escapechar="\\")
    frame.to_csv(folder / "pandas-words-for-none.csv", index=False, na_rep="NaN")
    frame.to_csv(folder / "pandas-european.csv", index=False, sep=";", decimal=",", encoding="utf-8-sig")
    frame.to_csv(folder / "pandas-dates.csv", index=False, date_format="%d/%m/%Y %H:%M:%S")
    frame.to_csv(folder / "pandas-utf16.csv", index=False, encoding="utf-16")
    frame.to_csv(folder / "pandas.tsv", sep="\t", index=False)
    for ending in ["gz", "bz2", "zst", "xz", "zip"]:
        frame.to_csv(folder / f"pandas.csv.{ending}", index=False)
    shop.pandas(zone="Europe/Berlin").to_csv(folder / "pandas-zoned.csv", index=False)
    frame.set_index(["ITEM_ID"]).to_csv(folder / "pandas-named-index.csv")
    for unit in ["s", "ms", "us", "ns"]:
        lines = shop.pandas(unit=unit)
        lines.to_json(folder / f"pandas-epoch-{unit}.jsonl", orient="records", lines=True, date_unit=unit)
    frame.to_json(folder / "pandas-iso.jsonl", orient="records", lines=True, date_format="iso")
    frame.to_json(folder / "pandas.json", orient="records", date_format="iso")
    frame.to_json(folder / "pandas-indented.json", orient="records", date_format="iso", indent=2, force_ascii=False)
    frame.to_json(folder / "pandas-table.json", orient="table", index=False)
    frame.to_json(folder / "pandas-columns.json", date_format="iso")
    frame.to_json(folder / "pandas-split.json", orient="split", date_format="iso")
    frame.to_json(folder / "pandas.jsonl.gz", orient="records", lines=True, date_format="iso")


def _polars(folder):
    flat = shop.polars(without=["GENRES"])
    flat.write_csv(folder / "polars.csv")
    flat.write_csv(folder / "polars-all-quoted.csv", quote_style="always")
    flat.write_csv(folder / "polars-never-quoted.csv", quote_style="never", separator="\x1f")
    flat.write_csv(folder / "polars-words-for-none.csv", null_value="NULL")
    flat.write_csv(folder / "polars-european.csv", separator=";", include_bom=True, decimal_comma=True)
    flat.write_csv(folder / "polars.tsv", separator="\t", line_terminator="\r\n")
    shop.polars(without=["GENRES"], zoned=True).write_csv(folder / "polars-zoned.csv")
    shop.polars().write_ndjson(folder / "polars.jsonl")
    shop.polars(zoned=True).write_ndjson(folder / "polars-zoned.jsonl")
    shop.polars().write_json(folder / "polars.json")


def _duckdb(folder):
    connection = duckdb.connect()
    connection.register("shop", shop.arrow())

    def copy(name, options):
        connection.execute(f"COPY shop TO '{folder / name}' ({options})")

    copy("duckdb.csv", "HEADER")
    copy("duckdb-all-quoted.csv", "HEADER, FORCE_QUOTE *")
    copy("duckdb-words-for-none.csv", "HEADER, NULLSTR 'NULL'")
    copy("duckdb-dates.csv", "HEADER, TIMESTAMPFORMAT '%A, %-d %B %Y, %-I:%M:%S %p'")
    copy("duckdb-other-quotes.csv", "HEADER, QUOTE '''', ESCAPE ''''")
    copy("duckdb.tsv", "HEADER, DELIMITER '\t'")
    copy("duckdb.csv.gz", "HEADER, COMPRESSION gzip")
    copy("duckdb.csv.zst", "HEADER, COMPRESSION zstd")
    copy("duckdb.jsonl", "FORMAT json")
    copy("duckdb.json", "FORMAT json, ARRAY true")
    copy("duckdb-dates.jsonl", "FORMAT json, TIMESTAMPFORMAT '%Y%m%dT%H%M%S'")
