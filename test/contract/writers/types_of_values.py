"""A file for each type of values: a column VALUE beside ITEM_ID, the last of three rows without a value."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import duckdb
import fastavro
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq

MOMENTS = [datetime(2023, 11, 14, 22, 13, 20, 999999), datetime(1969, 12, 31, 23, 59, 59, 1)]
SECONDS = [moment.replace(microsecond=0) for moment in MOMENTS]
DAYS = [date(2023, 11, 14), date(1969, 12, 31)]
CLOCKS = [time(22, 13, 20), time(0, 0, 0)]
SPANS = [timedelta(seconds=90), timedelta(days=-1)]
UUIDS = [UUID("4ac7a9e9-607c-4c8a-84f3-843f0191e3fd").bytes, bytes(16)]

ARROW = {
    "int8": ([-128, 127], pa.int8()),
    "int16": ([-32768, 32767], pa.int16()),
    "int32": ([-2147483648, 2147483647], pa.int32()),
    "int64": ([-9223372036854775808, 9007199254740993], pa.int64()),
    "uint8": ([0, 255], pa.uint8()),
    "uint16": ([0, 65535], pa.uint16()),
    "uint32": ([0, 4294967295], pa.uint32()),
    "uint64": ([9007199254740993, 18446744073709551615], pa.uint64()),
    "float16": ([1.5, -0.25], pa.float16()),
    "float32": ([0.1, 16777216.0], pa.float32()),
    "float64": ([0.1, 1e-300], pa.float64()),
    "float64-not-a-number": ([0.5, float("nan")], pa.float64()),
    "bool": ([True, False], pa.bool_()),
    "decimal32": ([Decimal("1.50"), Decimal("-0.01")], pa.decimal32(7, 2)),
    "decimal64": ([Decimal("1.50"), Decimal("-0.01")], pa.decimal64(18, 2)),
    "decimal128": ([Decimal("12345678901234567.891"), Decimal("-0.001")], pa.decimal128(20, 3)),
    "decimal128-38": ([Decimal("12345678901234567890123456789012345678"), Decimal(-1)], pa.decimal128(38, 0)),
    "decimal128-negative-scale": ([Decimal("1200"), Decimal("-100")], pa.decimal128(5, -2)),
    "decimal256": ([Decimal("1234567890123456789012345678901234567890.12345"), Decimal("-0.5")], pa.decimal256(50, 5)),
    "date32": (DAYS, pa.date32()),
    "date64": (DAYS, pa.date64()),
    "timestamp-s": (SECONDS, pa.timestamp("s")),
    "timestamp-ms": ([moment.replace(microsecond=1000) for moment in MOMENTS], pa.timestamp("ms")),
    "timestamp-us": (MOMENTS, pa.timestamp("us")),
    "timestamp-ns": (MOMENTS, pa.timestamp("ns")),
    "timestamp-s-zoned": (SECONDS, pa.timestamp("s", "UTC")),
    "timestamp-ns-zoned": (MOMENTS, pa.timestamp("ns", "Asia/Kolkata")),
    "time32-s": (CLOCKS, pa.time32("s")),
    "time32-ms": (CLOCKS, pa.time32("ms")),
    "time64-us": (CLOCKS, pa.time64("us")),
    "time64-ns": (CLOCKS, pa.time64("ns")),
    "duration-s": (SPANS, pa.duration("s")),
    "duration-ms": (SPANS, pa.duration("ms")),
    "duration-us": (SPANS, pa.duration("us")),
    "duration-ns": (SPANS, pa.duration("ns")),
    "interval": ([(1, 2, 3), (0, 0, 0)], pa.month_day_nano_interval()),
    "string": (["a|b", "ü"], pa.string()),
    "large-string": (["a|b", "ü"], pa.large_string()),
    "string-view": (["a|b", "longer than twelve bytes, ü"], pa.string_view()),
    "binary": ([b"a", "ü".encode()], pa.binary()),
    "large-binary": ([b"a", "ü".encode()], pa.large_binary()),
    "binary-view": ([b"a", "longer than twelve bytes, ü".encode()], pa.binary_view()),
    "binary-no-text": ([b"\xff\xfe", b"a"], pa.binary()),
    "fixed-binary": ([b"ab", b"cd"], pa.binary(2)),
    "uuid": (UUIDS, pa.uuid()),
    "json": (['{"a":1}', "[1]"], pa.json_()),
    "bool8": ([True, False], pa.bool8()),
    "dictionary": (["a", "ü"], pa.dictionary(pa.int32(), pa.string())),
    "dictionary-int64": ([9007199254740993, -1], pa.dictionary(pa.int16(), pa.int64())),
    "null": ([None, None], pa.null()),
    "list": ([["a", "b"], []], pa.list_(pa.string())),
    "list-with-null": ([["a", None, ""], [None]], pa.list_(pa.string())),
    "list-with-bar": ([["a|b"], ["c"]], pa.list_(pa.string())),
    "list-int64": ([[9007199254740993, -1], [0]], pa.list_(pa.int64())),
    "list-of-dictionary": ([["a", "b"], ["a"]], pa.list_(pa.dictionary(pa.int32(), pa.string()))),
    "list-of-lists": ([[["a"], ["b"]], []], pa.list_(pa.list_(pa.string()))),
    "list-of-structs": ([[{"name": "a"}, {"name": "b"}], []], pa.list_(pa.struct({"name": pa.string()}))),
    "list-duration": ([SPANS, []], pa.list_(pa.duration("s"))),
    "large-list": ([["a", "b"], []], pa.large_list(pa.string())),
    "fixed-list": ([["a", "b"], ["c", "d"]], pa.list_(pa.string(), 2)),
    "list-view": ([["a", "b"], []], pa.list_view(pa.string())),
    "struct": ([{"name": "a", "n": 9007199254740993}, {"name": "b", "n": None}], pa.struct({"name": pa.string(), "n": pa.int64()})),
    "struct-duration": ([{"d": SPANS[0]}, {"d": SPANS[1]}], pa.struct({"d": pa.duration("s")})),
    "map": ([[("k", "a")], [("other", "b")]], pa.map_(pa.string(), pa.string())),
    "map-int": ([[(7, "a")], [(8, "b")]], pa.map_(pa.int32(), pa.string())),
}


def write(folder):
    _arrow(folder / "types")
    _pandas(folder / "types")
    _polars(folder / "types")
    _duckdb(folder / "types")
    _avro(folder / "types")


def _arrow(folder):
    folder.mkdir()
    ids = pa.array(["a", "b", "c"])
    made = {name: _array([*values, None], type) for name, (values, type) in ARROW.items()}
    made["run-end-encoded"] = pa.RunEndEncodedArray.from_arrays([1, 2, 3], pa.array(["a", "b", None]))
    made["union"] = pa.UnionArray.from_sparse(pa.array([0, 1, 1], pa.int8()), [pa.array(["a", "", ""]), pa.array([0, 7, None], pa.int64())])
    for name, array in made.items():
        table = pa.table({"ITEM_ID": ids, "VALUE": array})
        for ending, writer in (("parquet", pq.write_table), ("arrow", feather.write_feather)):
            try:
                writer(table, folder / f"pyarrow-{name}.{ending}")
            except (pa.ArrowException, OSError) as error:
                print(ending, name, str(error).split("\n")[0])
                (folder / f"pyarrow-{name}.{ending}").unlink(missing_ok=True)
    for name in ["duration-s", "duration-ns"]:
        table = pa.table({"ITEM_ID": ids, "VALUE": made[name]})
        pq.write_table(table, folder / f"pyarrow-{name}-without-arrow-schema.parquet", store_schema=False)


def _array(values, type):
    if isinstance(type, pa.BaseExtensionType):
        return pa.ExtensionArray.from_storage(type, pa.array([int(v) if v is not None and type == pa.bool8() else v for v in values], type.storage_type))
    if type == pa.float16():
        return pa.array([None if value is None else np.float16(value) for value in values], type)
    return pa.array(values, type)


def _pandas(folder):
    ids = ["a", "b", "c"]
    spans = pd.Series(pd.to_timedelta([*SPANS, None]))
    values = {
        "Int64": pd.array([9007199254740993, -1, None], dtype="Int64"),
        "UInt64": pd.array([9007199254740993, 18446744073709551615, None], dtype="UInt64"),
        "Float64": pd.array([0.1, 1e-300, None], dtype="Float64"),
        "boolean": pd.array([True, False, None], dtype="boolean"),
        "timedelta": spans,
        "category-of-numbers": pd.Categorical([7, 8, None]),
        "ordered-category": pd.Categorical(["b", "a", None], categories=["b", "a"], ordered=True),
        "interval": pd.arrays.IntervalArray.from_tuples([(0, 1), (1, 2), None]),
        "objects": [UUID(bytes=UUIDS[0]).hex, "b", None],
        "decimals": [Decimal("1.50"), Decimal("-0.01"), None],
        "dates": [*DAYS, None],
        "period-months": pd.array(["2023-11", "1969-12", None], dtype="period[M]"),
        "period-seconds": pd.array(["2023-11-14 22:13:20", "1969-12-31 23:59:59", None], dtype="period[s]"),
        "arrays": [np.array([1, 2]), np.array([], dtype="int64"), None],
    }
    for name, value in values.items():
        frame = pd.DataFrame({"ITEM_ID": ids, "VALUE": value})
        frame.to_parquet(folder / f"pandas-{name}.parquet")
        if name.startswith("period"):
            frame.to_feather(folder / f"pandas-{name}.arrow")
        if name in ("Int64", "UInt64", "Float64", "boolean", "timedelta", "category-of-numbers"):
            frame.to_parquet(folder / f"fastparquet-{name}.parquet", engine="fastparquet")


def _polars(folder):
    values = {
        "int128": pl.Series([9007199254740993, -1, None], dtype=pl.Int128),
        "uint64": pl.Series([9007199254740993, 18446744073709551615, None], dtype=pl.UInt64),
        "float32": pl.Series([0.1, 16777216.0, None], dtype=pl.Float32),
        "decimal": pl.Series([Decimal("1.50"), Decimal("-0.01"), None], dtype=pl.Decimal(38, 2)),
        "date": pl.Series([*DAYS, None], dtype=pl.Date),
        "time": pl.Series([*CLOCKS, None], dtype=pl.Time),
        "duration": pl.Series([*SPANS, None], dtype=pl.Duration("us")),
        "datetime-ns": pl.Series([*MOMENTS, None], dtype=pl.Datetime("ns")),
        "datetime-ms-zoned": pl.Series([*SECONDS, None], dtype=pl.Datetime("ms", "UTC")),
        "list": pl.Series([["a", "b"], [], None], dtype=pl.List(pl.String)),
        "array": pl.Series([["a", "b"], ["c", "d"], None], dtype=pl.Array(pl.String, 2)),
        "struct": pl.Series([{"name": "a"}, {"name": "b"}, None], dtype=pl.Struct({"name": pl.String})),
        "binary": pl.Series([b"a", "ü".encode(), None], dtype=pl.Binary),
        "null": pl.Series([None, None, None], dtype=pl.Null),
    }
    for name, value in values.items():
        frame = pl.DataFrame({"ITEM_ID": ["a", "b", "c"], "VALUE": value})
        for ending in ("parquet", "ipc", "avro"):
            try:
                getattr(frame, f"write_{ending}")(folder / f"polars-{name}.{'arrow' if ending == 'ipc' else ending}")
            except BaseException as error:
                print("polars", ending, name, repr(error)[:100])
                (folder / f"polars-{name}.{ending}").unlink(missing_ok=True)


def _duckdb(folder):
    connection = duckdb.connect()
    values = {
        "hugeint": "unnest([9007199254740993::HUGEINT, -1, NULL])",
        "uhugeint": "unnest([9007199254740993::UHUGEINT, 1, NULL])",
        "interval": "unnest([INTERVAL 90 SECOND, INTERVAL 1 MONTH, NULL])",
        "time": "unnest([TIME '22:13:20', TIME '00:00:00', NULL])",
        "time-zoned": "unnest([TIMETZ '22:13:20+02', TIMETZ '00:00:00+00', NULL])",
        "timestamp-s": "unnest([TIMESTAMP_S '2023-11-14 22:13:20', TIMESTAMP_S '1969-12-31 23:59:59', NULL])",
        "timestamp-ns": "unnest([TIMESTAMP_NS '2023-11-14 22:13:20.999999999', TIMESTAMP_NS '1969-12-31 23:59:59.000000001', NULL])",
        "timestamp-zoned": "unnest([TIMESTAMPTZ '2023-11-14 22:13:20.5+00', TIMESTAMPTZ '1969-12-31 23:59:59+00', NULL])",
        "uuid": "unnest(['4ac7a9e9-607c-4c8a-84f3-843f0191e3fd'::UUID, '00000000-0000-0000-0000-000000000000'::UUID, NULL])",
        "enum": "unnest(['a'::ENUM('a', 'b'), 'b', NULL])",
        "json": """unnest(['{"a": 1}'::JSON, '[1]'::JSON, NULL])""",
        "bit": "unnest(['0101'::BIT, '1'::BIT, NULL])",
        "bignum": "unnest(['12345678901234567890123456789012345678901234567890'::BIGNUM, '-1'::BIGNUM, NULL])",
        "array": "unnest([['a', 'b'], ['c', 'd'], NULL]::VARCHAR[2][])",
        "map": "unnest([map {'k': 'a'}, map {'other': 'b'}, NULL])",
        "struct": "unnest([{'name': 'a'}, {'name': 'b'}, NULL])",
        "variant": "unnest([7::VARIANT, 'b'::VARIANT, NULL])",
    }
    for name, value in values.items():
        where = folder / f"duckdb-{name}.parquet"
        try:
            connection.execute(f"COPY (SELECT unnest(['a', 'b', 'c']) AS ITEM_ID, {value} AS VALUE) TO '{where}' (FORMAT parquet)")
        except duckdb.Error as error:
            print("duckdb", name, str(error).split("\n")[0][:200])
            where.unlink(missing_ok=True)


AVRO = {
    "int": ("int", [-2147483648, 2147483647]),
    "long": ("long", [-9223372036854775808, 9007199254740993]),
    "float": ("float", [0.1, 16777216.0]),
    "double": ("double", [0.1, 1e-300]),
    "boolean": ("boolean", [True, False]),
    "string": ("string", ["a|b", "ü"]),
    "bytes": ("bytes", [b"a", "ü".encode()]),
    "fixed": ({"type": "fixed", "name": "Two", "size": 2}, [b"ab", b"cd"]),
    "enum": ({"type": "enum", "name": "Kind", "symbols": ["a", "b"]}, ["a", "b"]),
    "array": ({"type": "array", "items": "string"}, [["a", "b"], []]),
    "map": ({"type": "map", "values": "string"}, [{"k": "a"}, {"other": "b"}]),
    "record": ({"type": "record", "name": "R", "fields": [{"name": "name", "type": "string"}]}, [{"name": "a"}, {"name": "b"}]),
    "decimal": ({"type": "bytes", "logicalType": "decimal", "precision": 20, "scale": 3}, [Decimal("12345678901234567.891"), Decimal("-0.001")]),
    "uuid": ({"type": "string", "logicalType": "uuid"}, [str(UUID(bytes=value)) for value in UUIDS]),
    "date": ({"type": "int", "logicalType": "date"}, DAYS),
    "time-millis": ({"type": "int", "logicalType": "time-millis"}, CLOCKS),
    "time-micros": ({"type": "long", "logicalType": "time-micros"}, CLOCKS),
    "timestamp-millis": ({"type": "long", "logicalType": "timestamp-millis"}, [1700000000999, -1]),
    "timestamp-micros": ({"type": "long", "logicalType": "timestamp-micros"}, [1700000000999999, -1]),
    "timestamp-nanos": ({"type": "long", "logicalType": "timestamp-nanos"}, [1700000000999999999, -1]),
    "local-timestamp-millis": ({"type": "long", "logicalType": "local-timestamp-millis"}, [1700000000999, -1]),
    "local-timestamp-micros": ({"type": "long", "logicalType": "local-timestamp-micros"}, [1700000000999999, -1]),
    "duration": ({"type": "fixed", "name": "Span", "size": 12, "logicalType": "duration"}, [bytes([1, 0, 0, 0] * 3), bytes(12)]),
}


def _avro(folder):
    for name, (type, values) in AVRO.items():
        fields = [{"name": "ITEM_ID", "type": "string"}, {"name": "VALUE", "type": ["null", type]}]
        rows = [{"ITEM_ID": id, "VALUE": value} for id, value in zip("abc", [*values, None])]
        with open(folder / f"fastavro-{name}.avro", "wb") as file:
            fastavro.writer(file, {"type": "record", "name": "Row", "fields": fields}, rows)
    mixed = {"type": "record", "name": "Row", "fields": [{"name": "ITEM_ID", "type": "string"}, {"name": "VALUE", "type": ["null", "long", "string", "boolean"]}]}
    with open(folder / "fastavro-union.avro", "wb") as file:
        fastavro.writer(file, mixed, [{"ITEM_ID": "a", "VALUE": 9007199254740993}, {"ITEM_ID": "b", "VALUE": "x"}, {"ITEM_ID": "c", "VALUE": None}])
