"""The rows that every writer writes, in the forms that the libraries take them."""

from datetime import datetime, timezone

import pandas as pd
import polars as pl
import pyarrow as pa

IDS = ["007", "u 3", "ä€日", "1e5"]
TITLES = ['He said "hi", twice', "two\nlines", "", "null"]
STOCK = [5, None, 0, -2147483648]
BIG = [9007199254740993, -9223372036854775807, None, 9223372036854775807]
PRICE = [19.99, 0.1, None, 1e22]
AVAILABLE = [True, None, False, True]
CREATED = [
    datetime(2023, 11, 14, 22, 13, 20, 123456),
    datetime(1969, 12, 31, 23, 59, 59, 500000),
    None,
    datetime(2000, 1, 1),
]
GENRES = [["Drama", "Sci-Fi"], [], None, ["Film noir"]]

NAMES = ["ITEM_ID", "TITLE", "STOCK", "BIG", "PRICE", "AVAILABLE", "CREATION_TIMESTAMP", "GENRES"]
COLUMNS = dict(zip(NAMES, [IDS, TITLES, STOCK, BIG, PRICE, AVAILABLE, CREATED, GENRES]))

ARROW_TYPES = {
    "ITEM_ID": pa.string(),
    "TITLE": pa.string(),
    "STOCK": pa.int32(),
    "BIG": pa.int64(),
    "PRICE": pa.float64(),
    "AVAILABLE": pa.bool_(),
    "CREATION_TIMESTAMP": pa.timestamp("us"),
    "GENRES": pa.list_(pa.string()),
}


def arrow(without=(), **types):
    """The rows as a table of pyarrow; some columns with other types than usual."""
    names = [name for name in NAMES if name not in without]
    return pa.table({name: pa.array(COLUMNS[name], types.get(name, ARROW_TYPES[name])) for name in names})


def pandas(unit="ns", without=(), zone=None):
    """The rows as a frame of pandas, as scripts have them: whole numbers with gaps are floats, unless they would lose digits."""
    frame = pd.DataFrame({name: COLUMNS[name] for name in NAMES if name not in without})
    if "BIG" in frame:
        frame["BIG"] = pd.array(BIG, dtype="Int64")
    if "CREATION_TIMESTAMP" in frame:
        times = pd.to_datetime(pd.Series(CREATED)).astype(f"datetime64[{unit}]")
        frame["CREATION_TIMESTAMP"] = times if zone is None else times.dt.tz_localize("UTC").dt.tz_convert(zone)
    return frame


def polars(without=(), zoned=False):
    """The rows as a frame of polars."""
    frame = pl.DataFrame(
        {name: COLUMNS[name] for name in NAMES if name not in without}, schema_overrides={"STOCK": pl.Int32}
    )
    if not zoned:
        return frame
    return frame.with_columns(pl.col("CREATION_TIMESTAMP").dt.replace_time_zone("UTC").dt.convert_time_zone("Asia/Tokyo"))


def records():
    """The rows as dictionaries, with times in UTC."""
    rows = [dict(zip(NAMES, row)) for row in zip(*COLUMNS.values())]
    for row in rows:
        if row["CREATION_TIMESTAMP"] is not None:
            row["CREATION_TIMESTAMP"] = row["CREATION_TIMESTAMP"].replace(tzinfo=timezone.utc)
    return rows
