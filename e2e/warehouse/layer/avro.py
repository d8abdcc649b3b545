"""Avro as BigQuery loads it, and thirty times as fast as the emulator's own reader.

A file is written again without compression and without logical types, which takes 0.2 s for a million rows; DuckDB's
reader (C, all cores) then gives plain longs and bytes, and Arrow calls them dates, times and decimals.
Files with nested types go to the emulator's reader.
"""

import decimal
import json
import pathlib
import tempfile
import zlib
from typing import BinaryIO

import cramjam
import duckdb
import numpy
import pyarrow as pa
import pyarrow.compute
from backports import zstd
from local_bigquery.engine import types
from local_bigquery.engine.database import quote
from local_bigquery.errors import BigQueryError
from local_bigquery.jobs import load
from local_bigquery.jobs.storage import literal
from local_bigquery.settings import settings

MAGIC = b"Obj\x01"
DECOMPRESS = {
    "null": bytes,
    "deflate": lambda block: zlib.decompress(block, wbits=-15),
    "snappy": lambda block: bytes(cramjam.snappy.decompress_raw(block[:-4])),  # the last four bytes are a checksum
    "zstandard": zstd.decompress,
}
PLAIN = {"boolean", "int", "long", "float", "double", "bytes", "string"}
LOGICAL = {
    "date": pa.date32(),
    "time-millis": pa.time32("ms"),
    "time-micros": pa.time64("us"),
    "timestamp-millis": pa.timestamp("ms", "UTC"),
    "timestamp-micros": pa.timestamp("us", "UTC"),
    "local-timestamp-millis": pa.timestamp("ms"),
    "local-timestamp-micros": pa.timestamp("us"),
}
# The emulator's BIGNUMERIC: 20 digits before the point and 18 after it.
BIGNUMERIC = pa.decimal128(38, 18)
EXACT = decimal.Context(prec=100, traps=[decimal.Inexact, decimal.InvalidOperation])

_reader, _projection = load._reader, load._projection


class BadFile(ValueError):
    """The file is not what it should be; the message is one of the Avro library of BigQuery."""


def read_exactly(source: BinaryIO, length: int) -> bytes:
    content = source.read(length) if length >= 0 else b""
    if len(content) != length:
        raise BadFile("The Apache Avro library failed to read data with the following error: EOF reached")
    return content


def read_long(source: BinaryIO) -> int:
    value = shift = 0
    while True:
        byte = read_exactly(source, 1)[0]
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return (value >> 1) ^ -(value & 1)


def long(value: int) -> bytes:
    value, encoded = (value << 1) ^ (value >> 63), bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])


def read_header(source: BinaryIO) -> tuple[dict[bytes, bytes], bytes]:
    if source.read(len(MAGIC)) != MAGIC:
        raise BadFile("The Apache Avro library failed to parse the header with the following error: Invalid data file. Magic does not match")
    metadata = {}
    while count := read_long(source):
        if count < 0:
            read_long(source)  # the size of the block of pairs
        for _ in range(abs(count)):
            key = read_exactly(source, read_long(source))
            metadata[key] = read_exactly(source, read_long(source))
    return metadata, read_exactly(source, 16)


def field_type(declared):
    """The one type of a field besides null, or None when it is more than a plain value."""
    if isinstance(declared, list):
        others = [branch for branch in declared if branch != "null"]
        return field_type(others[0]) if len(others) == 1 else None
    if isinstance(declared, str):
        return {"type": declared} if declared in PLAIN else None
    return declared if declared.get("type") in (*PLAIN, "enum", "fixed") else None


def without_logical(declared):
    if isinstance(declared, list):
        return [without_logical(branch) for branch in declared]
    if isinstance(declared, dict):
        return {key: value for key, value in declared.items() if key not in ("logicalType", "precision", "scale", "sqlType")}
    return declared


def rewrite(source: BinaryIO, target: BinaryIO, metadata: dict[bytes, bytes], sync: bytes, schema: dict):
    """The same blocks, decompressed, under a schema of plain types."""
    codec = metadata.get(b"avro.codec", b"null").decode()
    if codec not in DECOMPRESS:
        raise BadFile(f"The Apache Avro library failed to parse the header with the following error: Unknown codec in data file: {codec}")
    fields = [{**field, "type": without_logical(field["type"])} for field in schema["fields"]]
    plain = json.dumps({**schema, "fields": fields}).encode()
    target.write(MAGIC + long(1) + long(11) + b"avro.schema" + long(len(plain)) + plain + long(0) + sync)
    while first := source.peek(1)[:1]:
        count = read_long(source)
        block = read_exactly(source, read_long(source))
        if read_exactly(source, 16) != sync:
            raise BadFile("The Apache Avro library failed to read data with the following error: Sync mismatch")
        try:
            block = DECOMPRESS[codec](block)
        except (zlib.error, zstd.ZstdError, cramjam.DecompressionError) as error:
            raise BadFile(f"The Apache Avro library failed to read data with the following error: {codec}: {error}") from None
        target.write(long(count) + long(len(block)) + block + sync)


def decimals(chunk: pa.Array, declared: dict) -> pa.Array:
    """Big-endian two's complement of any length, to Arrow's sixteen little-endian bytes."""
    precision, scale = declared["precision"], declared.get("scale", 0)
    chunk = chunk.cast(pa.large_binary())
    longest = pyarrow.compute.max(pyarrow.compute.binary_length(chunk)).as_py() or 0
    if precision > 38 or longest > 16:
        return pa.array([wide(value.as_py(), scale) for value in chunk], BIGNUMERIC)
    offsets = numpy.frombuffer(chunk.buffers()[1], numpy.int64)[chunk.offset : chunk.offset + len(chunk) + 1]
    content = numpy.frombuffer(chunk.buffers()[2] or b"", numpy.uint8)
    lengths, ends = numpy.diff(offsets), offsets[1:]
    values = numpy.zeros((len(chunk), 16), numpy.uint8)
    present = lengths > 0
    values[present] = (content[offsets[:-1][present]] >> 7)[:, None] * 255  # the sign
    for place in range(longest):
        longer = lengths > place
        values[longer, place] = content[ends[longer] - 1 - place]
    valid = pa.array(numpy.asarray(chunk.is_valid())).buffers()[1]
    return pa.Array.from_buffers(pa.decimal128(precision, scale), len(chunk), [valid, pa.py_buffer(values)])


def wide(value: bytes | None, scale: int) -> decimal.Decimal | None:
    if value is None:
        return None
    number = decimal.Decimal(int.from_bytes(value, "big", signed=True)).scaleb(-scale, EXACT)
    try:
        number = number.quantize(decimal.Decimal(1).scaleb(-BIGNUMERIC.scale), context=EXACT)
    except (decimal.Inexact, decimal.InvalidOperation):
        number = None
    if number is None or abs(number) >= 10**20:
        raise BadFile(
            f"the decimal {int.from_bytes(value, 'big', signed=True)}e-{scale} is valid BIGNUMERIC, but the local BigQuery "
            "keeps 20 digits before the point and 18 after it"
        )
    return number


def typed(column: pa.ChunkedArray, declared: dict) -> pa.ChunkedArray:
    logical = declared.get("logicalType")
    if logical == "decimal":
        return pa.chunked_array([decimals(chunk, declared) for chunk in column.chunks] or [pa.array([], BIGNUMERIC)])
    if logical in LOGICAL:
        return pa.chunked_array([chunk.view(LOGICAL[logical]) for chunk in column.chunks], LOGICAL[logical])
    return column


def read(cur: duckdb.DuckDBPyConnection, path: str) -> pa.Table | None:
    """The rows of one file, or None when its schema is nested."""
    with open(path, "rb") as source, tempfile.NamedTemporaryFile(suffix=".avro") as plain:
        metadata, sync = read_header(source)
        schema = json.loads(metadata[b"avro.schema"])
        declared = {field["name"]: field_type(field["type"]) for field in schema.get("fields", [])}
        if schema.get("type") != "record" or None in declared.values():
            return None
        rewrite(source, plain, metadata, sync, schema)
        plain.flush()
        table = cur.sql(f"SELECT * FROM read_avro({literal(plain.name)})").to_arrow_table()
    return pa.table({name: typed(table.column(name), declared[name]) for name in declared})


def address(path: str) -> str:
    inside = pathlib.Path(path)
    if inside.is_relative_to(settings.gcs_local_root):
        return f"gs://{inside.relative_to(settings.gcs_local_root)}"
    return path


def reader(cur, files: str, config, fields) -> str:
    if config.sourceFormat != "AVRO" or not config.useAvroLogicalTypes:
        return _reader(cur, files, config, fields)
    loaded = []
    for (path,) in cur.sql(f"SELECT unnest({files})").fetchall():
        try:
            loaded.append(read(cur, path))
        except FileNotFoundError:
            raise BigQueryError("notFound", f"Not found: URI {address(path)}") from None
        except BadFile as error:
            raise BigQueryError("invalid", f"Error while reading data, error message: {error} File: {address(path)}") from None
    if any(table is None for table in loaded):
        return _reader(cur, files, config, fields)
    cur.register("_load_source", pa.concat_tables(loaded, promote_options="permissive"))
    return "_load_source"


def projection(config, fields, columns) -> tuple[str, str]:
    """The emulator decodes BYTES as base64, which they are in CSV and JSON but not in Avro and Parquet."""
    if config.sourceFormat not in ("AVRO", "PARQUET", "ORC") or not fields:
        return _projection(config, fields, columns)
    present = {column.casefold() for column in columns}
    casts = [
        f"CAST({quote(field.name) if field.name.casefold() in present else 'NULL'} AS {types.duckdb_type(field)}) AS {quote(field.name)}"
        for field in fields
    ]
    return ", ".join(casts), "false"


def install():
    load._reader, load._projection = reader, projection
