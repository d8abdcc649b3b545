"""Partition decorators: `t$20240101` as the destination of load, query and copy jobs, and as the source of a copy.

Without this the emulator writes a table of that literal name and reports success.
"""

import datetime
import re
from typing import NamedTuple

from local_bigquery.catalog import names, tables
from local_bigquery.engine import database
from local_bigquery.engine.database import quote
from local_bigquery.errors import BigQueryError, already_exists
from local_bigquery.jobs import copy

DECORATED = re.compile(r"^([^$]+)\$(\d{4,10}|__NULL__)$")
UNITS = {4: ("YEAR", "%Y"), 6: ("MONTH", "%Y%m"), 8: ("DAY", "%Y%m%d"), 10: ("HOUR", "%Y%m%d%H")}

Reference = tuple[str, str, str]
_write, _columns, _annotate, _source = tables.write, tables.columns, tables.annotate, copy.decorated


class Partition(NamedTuple):
    table: Reference
    id: str
    predicate: str
    ingestion_time: bool


def partition(reference: Reference) -> Partition | None:
    match = DECORATED.match(reference[2])
    if not match:
        return None
    table, id = (*reference[:2], match[1]), match[2]
    resource = tables.load(*table)
    if by_range := resource.rangePartitioning:
        column = quote(by_range.field)
        if id == "__NULL__":
            return Partition(table, id, f"{column} IS NULL", False)
        return Partition(table, id, f"{column} >= {int(id)} AND {column} < {int(id) + int(by_range.range.interval)}", False)
    by_time = resource.timePartitioning
    if not by_time:
        raise BigQueryError("invalid", f"Cannot use a partition decorator on the table {names.label(*table)}: it is not partitioned")
    column = quote(by_time.field or tables.INGESTION_TIME)
    if id == "__NULL__":
        return Partition(table, id, f"{column} IS NULL", not by_time.field)
    unit, form = UNITS.get(len(id), (None, None))
    if unit != (by_time.type or "DAY"):
        raise BigQueryError("invalid", f"Invalid partition decorator ${id} for a table partitioned by {by_time.type or 'DAY'}")
    start = datetime.datetime.strptime(id, form).isoformat()
    return Partition(table, id, f"date_trunc('{unit}', {column}::TIMESTAMP) = TIMESTAMP '{start}'", not by_time.field)


def undecorated(reference: Reference) -> Reference:
    match = DECORATED.match(reference[2])
    return (*reference[:2], match[1]) if match else reference


def write(cur, query, params, reference, config, default="WRITE_EMPTY", prefix="Invalid schema update. ", isolated=False):
    target = partition(reference)
    if target is None:
        return _write(cur, query, params, reference, config, default, prefix, isolated)
    name, disposition = tables.name(*target.table), config.writeDisposition or default
    with database.writing(*target.table):
        if not target.ingestion_time:
            [(strangers,)] = cur.sql(
                f"SELECT count(*) FROM ({query}) WHERE ({target.predicate}) IS NOT TRUE", params=params
            ).fetchall()
            if strangers:
                raise BigQueryError("invalid", f"Some rows belong to different partitions rather than destination partition {target.id}")
        if disposition == "WRITE_EMPTY" and cur.sql(f"SELECT 1 FROM {name} WHERE {target.predicate} LIMIT 1").fetchall():
            raise already_exists("Table", names.label(*reference))
        tables.evolve(cur, target.table, cur.sql(query, params=params), getattr(config, "schemaUpdateOptions", None), prefix)
        cur.execute("BEGIN")
        try:
            if disposition == "WRITE_TRUNCATE":
                cur.execute(f"DELETE FROM {name} WHERE {target.predicate}")
            cur.execute(f"INSERT INTO {name} BY NAME {query}", params)
            cur.execute("COMMIT")
        except Exception:
            cur.execute("ROLLBACK")
            raise
    return False


def source(*reference: str) -> str | None:
    found = partition(reference)
    if found is None:
        return _source(*reference)
    return f"(SELECT * FROM {tables.name(*found.table)} WHERE {found.predicate})"


def annotate(reference: Reference, changes):
    if not DECORATED.match(reference[2]):
        _annotate(reference, changes)


def install():
    tables.write, tables.annotate, copy.decorated = write, annotate, source
    tables.columns = lambda *reference: _columns(*undecorated(reference))
