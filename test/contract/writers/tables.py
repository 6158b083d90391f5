"""The rows in formats with types: Parquet, Arrow and Avro."""

import duckdb
import fastavro
import fastparquet
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.feather as feather
import pyarrow.parquet as pq

import shop

AVRO_SCHEMA = {
    "type": "record",
    "name": "Item",
    "fields": [
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TITLE", "type": ["null", "string"]},
        {"name": "STOCK", "type": ["null", "int"]},
        {"name": "BIG", "type": ["null", "long"]},
        {"name": "PRICE", "type": ["null", "double"]},
        {"name": "AVAILABLE", "type": ["null", "boolean"]},
        {"name": "CREATION_TIMESTAMP", "type": ["null", {"type": "long", "logicalType": "timestamp-micros"}]},
        {"name": "GENRES", "type": ["null", {"type": "array", "items": "string"}]},
    ],
}


def write(folder):
    _pyarrow_parquet(folder)
    _pandas_parquet(folder)
    _fastparquet(folder)
    _polars(folder)
    _duckdb(folder)
    _arrow(folder)
    _avro(folder)


def _pyarrow_parquet(folder):
    table = shop.arrow()
    for codec in ["none", "snappy", "gzip", "zstd", "brotli", "lz4"]:
        pq.write_table(table, folder / f"pyarrow-{codec}.parquet", compression=codec)
    pq.write_table(table, folder / "pyarrow-pages-v2.parquet", data_page_version="2.0", version="2.6")
    pq.write_table(table, folder / "pyarrow-version-1.parquet", version="1.0")
    pq.write_table(table, folder / "pyarrow-row-groups.parquet", row_group_size=1)
    pq.write_table(table, folder / "pyarrow-plain.parquet", use_dictionary=False, write_statistics=False)
    pq.write_table(table, folder / "pyarrow-int96.parquet", use_deprecated_int96_timestamps=True)
    pq.write_table(table, folder / "pyarrow-without-arrow-schema.parquet", store_schema=False)
    encodings = {"ITEM_ID": "DELTA_BYTE_ARRAY", "TITLE": "DELTA_LENGTH_BYTE_ARRAY", "STOCK": "DELTA_BINARY_PACKED"}
    encodings |= {"BIG": "DELTA_BINARY_PACKED", "PRICE": "BYTE_STREAM_SPLIT"}
    pq.write_table(table, folder / "pyarrow-encodings.parquet", use_dictionary=False, column_encoding=encodings)
    split = {"BIG": "BYTE_STREAM_SPLIT"}
    pq.write_table(table, folder / "pyarrow-split-integers.parquet", use_dictionary=False, column_encoding=split)
    zone = pa.timestamp("us", "America/New_York")
    pq.write_table(shop.arrow(CREATION_TIMESTAMP=zone), folder / "pyarrow-zoned.parquet")
    hive = ds.partitioning(pa.schema([("AVAILABLE", pa.bool_())]), flavor="hive")
    ds.write_dataset(table, folder / "pyarrow-partitioned", format="parquet", partitioning=hive)


def _pandas_parquet(folder):
    for unit in ["s", "ms", "us", "ns"]:
        shop.pandas(unit=unit).to_parquet(folder / f"pandas-{unit}.parquet")
    frame = shop.pandas()
    shop.pandas(zone="Europe/Berlin").to_parquet(folder / "pandas-zoned.parquet")
    frame.set_index("ITEM_ID").to_parquet(folder / "pandas-named-index.parquet")
    # What is left of a frame after a filter keeps its row numbers, as a column.
    longer = pd.concat([frame.iloc[:1], frame.iloc[:1], frame.iloc[1:]], ignore_index=True)
    longer[longer.index != 1].to_parquet(folder / "pandas-filtered.parquet")
    typed = frame.convert_dtypes().astype({"TITLE": "category"})
    typed.to_parquet(folder / "pandas-nullable.parquet")
    backed = pd.DataFrame({name: pd.arrays.ArrowExtensionArray(shop.arrow()[name]) for name in shop.NAMES})
    backed.to_parquet(folder / "pandas-arrow-types.parquet")
    with_word = frame.assign(AVAILABLE=frame["AVAILABLE"].map({True: "yes", False: "no"}))
    with_word.to_parquet(folder / "pandas-partitioned", partition_cols=["AVAILABLE"])


def _fastparquet(folder):
    frame = shop.pandas(without=["GENRES"])
    # It keeps truth values with gaps in objects only as JSON or numbers.
    frame["AVAILABLE"] = frame["AVAILABLE"].astype("boolean")
    for codec in ["UNCOMPRESSED", "SNAPPY", "GZIP", "ZSTD", "BROTLI", "LZ4_RAW"]:
        fastparquet.write(str(folder / f"fastparquet-{codec.lower()}.parquet"), frame, compression=codec)
    fastparquet.write(str(folder / "fastparquet-int96.parquet"), frame, times="int96")
    fastparquet.write(str(folder / "fastparquet-row-groups.parquet"), frame, row_group_offsets=[0, 1, 3])
    fastparquet.write(str(folder / "fastparquet-index.parquet"), frame, write_index=True)
    fastparquet.write(str(folder / "fastparquet-categories.parquet"), frame.astype({"TITLE": "category"}))
    lists = shop.pandas()
    lists["AVAILABLE"] = frame["AVAILABLE"]
    fastparquet.write(str(folder / "fastparquet-json.parquet"), lists, object_encoding={"GENRES": "json", "ITEM_ID": "utf8", "TITLE": "utf8"})


def _polars(folder):
    frame = shop.polars()
    for codec in ["uncompressed", "snappy", "gzip", "zstd", "brotli", "lz4"]:
        frame.write_parquet(folder / f"polars-{codec}.parquet", compression=codec)
    shop.polars(zoned=True).write_parquet(folder / "polars-zoned.parquet")
    words = frame.with_columns(pl.col("TITLE").cast(pl.Categorical), pl.col("ITEM_ID").cast(pl.Enum(shop.IDS)))
    words.write_parquet(folder / "polars-categories.parquet")
    words.write_ipc(folder / "polars-categories.arrow", compression="zstd")
    for codec in ["uncompressed", "lz4", "zstd"]:
        frame.write_ipc(folder / f"polars-{codec}.arrow", compression=codec)
        frame.write_ipc_stream(folder / f"polars-{codec}.arrows", compression=codec)
    frame.write_ipc(folder / "polars-old-strings.arrow", compat_level=pl.CompatLevel.oldest())
    for codec in ["uncompressed", "snappy", "deflate"]:
        frame.write_avro(folder / f"polars-{codec}.avro", compression=codec)


def _duckdb(folder):
    connection = duckdb.connect()
    connection.register("shop", shop.arrow())
    for codec in ["uncompressed", "snappy", "gzip", "zstd", "brotli", "lz4_raw"]:
        connection.execute(f"COPY shop TO '{folder / f'duckdb-{codec}.parquet'}' (FORMAT parquet, COMPRESSION {codec})")
    connection.execute(f"COPY shop TO '{folder / 'duckdb-v2.parquet'}' (FORMAT parquet, PARQUET_VERSION v2)")
    where = folder / "duckdb-partitioned"
    connection.execute(f"COPY shop TO '{where}' (FORMAT parquet, PARTITION_BY (AVAILABLE))")


def _arrow(folder):
    table = shop.arrow()
    for codec in ["uncompressed", "lz4", "zstd"]:
        feather.write_feather(table, folder / f"pyarrow-{codec}.feather", compression=codec)
        options = pa.ipc.IpcWriteOptions(compression=None if codec == "uncompressed" else codec)
        with pa.ipc.new_stream(folder / f"pyarrow-{codec}.arrows", table.schema, options=options) as writer:
            writer.write_table(table, max_chunksize=1)
    feather.write_feather(table, folder / "pyarrow-chunks.feather", chunksize=1)
    feather.write_feather(table.drop_columns(["GENRES"]), folder / "pyarrow-version-1.feather", version=1)
    shop.pandas().to_feather(folder / "pandas.feather")
    words = shop.arrow(ITEM_ID=pa.dictionary(pa.int8(), pa.string()), TITLE=pa.dictionary(pa.uint16(), pa.large_string()))
    with pa.ipc.new_stream(folder / "pyarrow-dictionaries.arrows", words.schema) as writer:
        writer.write_table(words, max_chunksize=1)
    # Each batch has a dictionary of its own, or adds to the one before.
    batches = [table.slice(at, 1).set_column(1, "TITLE", table.slice(at, 1)["TITLE"].dictionary_encode()) for at in range(4)]
    with pa.ipc.new_stream(folder / "pyarrow-replaced-dictionaries.arrows", batches[0].schema) as writer:
        for batch in batches:
            writer.write_table(batch)
    growing = [table["TITLE"].to_pylist()[: at + 1] for at in range(4)]
    deltas = pa.ipc.IpcWriteOptions(emit_dictionary_deltas=True)
    grown = [
        batch.set_column(1, "TITLE", pa.chunked_array([pa.DictionaryArray.from_arrays(pa.array([at], pa.int32()), growing[at])]))
        for at, batch in enumerate(batches)
    ]
    for name, new in [("arrow", pa.ipc.new_file), ("arrows", pa.ipc.new_stream)]:
        with new(folder / f"pyarrow-growing-dictionaries.{name}", grown[0].schema, options=deltas) as writer:
            for batch in grown:
                writer.write_table(batch)


def _avro(folder):
    for codec in ["null", "deflate", "snappy", "zstandard", "bzip2", "xz", "lz4"]:
        try:
            with open(folder / f"fastavro-{codec}.avro", "wb") as file:
                fastavro.writer(file, AVRO_SCHEMA, shop.records(), codec=codec)
        except ValueError as error:
            print("avro", codec, error)
            (folder / f"fastavro-{codec}.avro").unlink()
