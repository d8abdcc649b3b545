"""Compares the target of every IngestionJob with its source: columns, counts, sums, smallest and largest values by
queries, and then every row. A row is equal when each value is, in the target's type."""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import time
from decimal import Decimal, InvalidOperation
from pathlib import Path

import duckdb

from comparison import sources
from comparison.bigquery import BigQuery, Field
from comparison.jobs import Job, read_jobs

# the type in which both sides of a BigQuery type are compared
_COMPARED_AS = {
    "STRING": "VARCHAR", "BYTES": "VARCHAR", "INTEGER": "BIGINT", "INT64": "BIGINT", "FLOAT": "DOUBLE", "FLOAT64": "DOUBLE",
    "BOOLEAN": "BOOLEAN", "BOOL": "BOOLEAN", "NUMERIC": "VARCHAR", "BIGNUMERIC": "VARCHAR",
    "TIMESTAMP": "BIGINT", "DATETIME": "BIGINT", "DATE": "DATE", "TIME": "TIME",
}
_DECIMALS = {"NUMERIC", "BIGNUMERIC"}  # as text without trailing zeros: exact at any precision
_NUMBERS = {"INTEGER", "INT64", "NUMERIC", "BIGNUMERIC", "FLOAT", "FLOAT64"}


class Difference(Exception):
    """Source and target are not the same; the text says where."""


def verify(job: Job, folder: Path) -> str:
    """Gives one line about what was compared, or raises a Difference."""
    bigquery = BigQuery(job.project)
    fields = bigquery.fields(job.dataset, job.target)
    types = sources.columns(job)
    if set(types) != {f.name for f in fields}:
        raise Difference(f"the columns differ: source {sorted(types)}, target {sorted(f.name for f in fields)}")

    exported = folder / f"{job.name}.csv"
    sources.export(job, types, exported)
    parquet = bigquery.extract(job.dataset, job.target, job.staging_bucket, folder)
    db = duckdb.connect()
    db.execute(f"CREATE TABLE source AS {_source_rows(exported, list(types), fields)}")
    db.execute(f"CREATE TABLE target AS {_target_rows(parquet, fields)}" if parquet else "CREATE TABLE target AS FROM source LIMIT 0")

    kept = _kept(job, db)
    _compare_figures(job, types, bigquery, fields, kept)
    _compare_rows(job, db)
    rows = _one(db, "SELECT count(*) FROM source")
    aside = f", and {len(kept):,} kept that the source deleted (no deletes are declared)" if kept else ""
    return f"{rows:,} rows × {len(fields)} columns equal{aside}"


def _source_rows(file: Path, names: list[str], fields: list[Field]) -> str:
    if file.stat().st_size == 0:
        return "SELECT " + ", ".join(f'NULL::{_compared_as(f)} AS "{f.name}"' for f in fields) + " LIMIT 0"
    read = (
        f"read_csv('{file}', header = false, all_varchar = true, delim = ',', quote = '\"', escape = '\"', nullstr = '{sources.NULL}',"
        f" allow_quoted_nulls = false, auto_detect = false, strict_mode = true, columns = {{{', '.join(f"'{n}': 'VARCHAR'" for n in names)}}})"
    )
    def value(f: Field) -> str:
        return _shortest(f'"{f.name}"') if f.type in _DECIMALS and not f.repeated else f'CAST("{f.name}" AS {_compared_as(f)})'

    return "SELECT " + ", ".join(f'{value(f)} AS "{f.name}"' for f in fields) + f" FROM {read}"


def _target_rows(files: list[Path], fields: list[Field]) -> str:
    def value(f: Field) -> str:
        if f.repeated:
            return f'coalesce(CAST(to_json("{f.name}") AS VARCHAR), \'[]\')'
        if f.type in ("TIMESTAMP", "DATETIME"):
            return f'epoch_us("{f.name}")'
        if f.type == "BYTES":
            return f'lower(hex("{f.name}"))'
        if f.type in _DECIMALS:
            return _shortest(f'CAST("{f.name}" AS VARCHAR)')
        return f'CAST("{f.name}" AS {_compared_as(f)})'

    return "SELECT " + ", ".join(f'{value(f)} AS "{f.name}"' for f in fields) + f" FROM read_parquet({[str(f) for f in files]})"


def _shortest(number: str) -> str:
    return f"CASE WHEN contains({number}, '.') THEN rtrim(rtrim({number}, '0'), '.') ELSE {number} END"


def _compared_as(f: Field) -> str:
    return "VARCHAR" if f.repeated else _COMPARED_AS[f.type]


def _kept(job: Job, db: duckdb.DuckDBPyConnection) -> list[str]:
    """Takes the rows out of the target that the declared mode keeps although the source deleted them."""
    if not job.incremental or not job.primary_key:
        return []
    key = job.primary_key[0]
    deleted = sources.deletions(job)
    extra = {row[0] for row in db.execute(f'SELECT CAST("{key}" AS VARCHAR) FROM target ANTI JOIN source USING ("{key}")').fetchall()}
    kept = sorted(extra & deleted)
    db.execute(f'DELETE FROM target WHERE list_contains(?, CAST("{key}" AS VARCHAR))', [kept])
    return kept


def _compare_figures(job: Job, types: dict[str, str], bigquery: BigQuery, fields: list[Field], kept: list[str]) -> None:
    """Counts, sums and extremes: what BigQuery answers against what the source answers."""
    wanted = [(function, f) for f in fields for function in _functions(f)]
    where = f" WHERE CAST({job.primary_key[0]} AS STRING) NOT IN UNNEST({kept})" if kept else ""
    asked = ", ".join(_bigquery_figure(function, f) for function, f in wanted)
    got = bigquery.query(f"SELECT COUNT(*), {asked} FROM `{job.project}.{job.dataset}.{job.target}`{where}")[0]
    want = sources.figures(job, types, [(function, f.name) for function, f in wanted])
    labels = ["COUNT(*)", *(f"{function}({f.name})" for function, f in wanted)]
    exact = [True, *(f.type not in ("FLOAT", "FLOAT64") for _, f in wanted)]  # the sum of doubles depends on the order
    different = [
        f"{label}: source {here}, target {there}"
        for label, here, there, strictly in zip(labels, want, got, exact, strict=True) if not _same(here, there, strictly)
    ]
    if different:
        raise Difference("figures differ:\n    " + "\n    ".join(different))


def _functions(f: Field) -> tuple[str, ...]:
    if f.repeated:
        return ("LENGTH",)
    if f.type in _NUMBERS:
        return ("COUNT", "SUM", "MIN", "MAX")
    return ("COUNT", "MIN", "MAX") if f.type in ("TIMESTAMP", "DATETIME", "DATE") else ("COUNT",)


def _bigquery_figure(function: str, f: Field) -> str:
    name = f"`{f.name}`"
    if function == "LENGTH":
        return f"SUM(ARRAY_LENGTH({name}))"
    if function in ("MIN", "MAX"):
        name = {"TIMESTAMP": f"UNIX_MICROS({name})", "DATETIME": f"UNIX_MICROS(TIMESTAMP({name}))"}.get(f.type, name)
    return f"{function}({name})"


def _same(want: str | None, got: str | None, exact: bool) -> bool:
    if want is None or got is None or want == got:
        return want == got
    try:
        return Decimal(want) == Decimal(got) if exact else math.isclose(float(want), float(got), rel_tol=1e-9)
    except (InvalidOperation, ValueError):
        return False


def _compare_rows(job: Job, db: duckdb.DuckDBPyConnection) -> None:
    missing = _one(db, "SELECT count(*) FROM (FROM source EXCEPT ALL FROM target)")
    extra = _one(db, "SELECT count(*) FROM (FROM target EXCEPT ALL FROM source)")
    if not missing and not extra:
        return
    words = [f"{missing:,} rows of the source are not in the target, {extra:,} rows of the target are not in the source"]
    for label, query in (("source", "FROM source EXCEPT ALL FROM target"), ("target", "FROM target EXCEPT ALL FROM source")):
        columns = [c[0] for c in db.execute(f"SELECT * FROM ({query}) LIMIT 0").description]
        order = ", ".join(f'"{c}"' for c in job.primary_key or columns[:1])
        for row in db.execute(f"SELECT * FROM ({query}) ORDER BY {order} LIMIT 3").fetchall():
            words.append(f"  only in the {label}: {dict(zip(columns, map(str, row)))}")
    raise Difference("\n    ".join(words))


def _one(db: duckdb.DuckDBPyConnection, query: str):
    return db.execute(query).fetchone()[0]


def main() -> None:
    parser = argparse.ArgumentParser(prog="verify", description=__doc__)
    parser.add_argument("jobs", nargs="*", metavar="INGESTIONJOB", help="default: all of the namespace")
    parser.add_argument("--namespace", "-n", default="rental")
    asked = parser.parse_args()
    different = 0
    for job in read_jobs(asked.namespace, asked.jobs):
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="naru-verify-") as folder:
            try:
                said = "=  " + verify(job, Path(folder))
            except Difference as difference:
                said, different = f"DIFFERENT: {difference}", different + 1
        print(f"  {job.name:<14}{job.dataset}.{job.target:<14} {said}  ({time.monotonic() - started:.1f} s)", flush=True)
    if different:
        sys.exit(f"verify: {different} of the targets differ from their source")


if __name__ == "__main__":
    main()
