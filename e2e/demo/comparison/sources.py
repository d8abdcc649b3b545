"""Rows out of a source, as text in one canonical form: CSV, every value quoted, NULL as a bare \\N."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from comparison.jobs import Job

NULL = r"\N"


def columns(job: Job) -> dict[str, str]:
    """Name and type of each column of the source's table that the job carries."""
    kind = "udt_name" if job.engine == "PostgreSQL" else "column_type"
    listed = _query(job, f"SELECT column_name, {kind} FROM information_schema.columns"
                         f" WHERE table_schema = '{job.schema}' AND table_name = '{job.table}' ORDER BY ordinal_position")
    return {name: kind for name, kind in (line.split("\t") for line in listed.splitlines()) if name not in job.excluded}


def export(job: Job, types: dict[str, str], file: Path) -> None:
    with file.open("wb") as out:
        _run(job, _postgresql_export(job, types) if job.engine == "PostgreSQL" else _mysql_export(job, types), out)


def deletions(job: Job) -> set[str]:
    """Keys that next-day deleted at the source: a job that loads by cursor keeps them."""
    if job.engine != "PostgreSQL" or not _query(job, "SELECT to_regclass('company.deletions')").strip():
        return set()
    return set(_query(job, f"SELECT key FROM company.deletions WHERE table_name = '{job.table}'").split())


def _where(job: Job) -> str:
    return f" WHERE ({job.filter})" if job.filter else ""


def figures(job: Job, types: dict[str, str], wanted: list[tuple[str, str]]) -> list[str | None]:
    """The source's own answers for (function, column): COUNT, SUM, MIN, MAX, or LENGTH for the elements of arrays."""
    def answer(function: str, name: str) -> str:
        quoted = f'"{name}"' if job.engine == "PostgreSQL" else f"`{name}`"
        if function == "LENGTH":
            return f"sum(cardinality({quoted}))"
        if function in ("MIN", "MAX") and types[name].startswith(("timestamp", "datetime")):
            return f"{function}({_micros(job, quoted)})"
        return f"{function}({quoted})"

    listed = ", ".join(answer(*one) for one in wanted)
    table = f'"{job.schema}"."{job.table}"' if job.engine == "PostgreSQL" else f"`{job.schema}`.`{job.table}`"
    answers = _query(job, f"SELECT count(*), {listed} FROM {table}{_where(job)}").rstrip("\n").split("\t")
    return [None if text in ("", "NULL") else text for text in answers]


def _micros(job: Job, quoted: str) -> str:
    if job.engine == "PostgreSQL":
        return f"(extract(epoch FROM {quoted}) * 1000000)::bigint"
    return f"TIMESTAMPDIFF(MICROSECOND, '1970-01-01', {quoted})"


def _postgresql_export(job: Job, types: dict[str, str]) -> str:
    def value(name: str, kind: str) -> str:
        quoted = f'"{name}"'
        if kind in ("timestamptz", "timestamp"):
            return _micros(job, quoted)
        if kind == "bytea":
            return f"encode({quoted}, 'hex')"
        if kind.startswith("_"):
            return f"coalesce(array_to_json({quoted})::text, '[]')"  # BigQuery knows no NULL array
        return f"{quoted}::text"

    select = ", ".join(value(*column) for column in types.items())
    return f"""COPY (SELECT {select} FROM "{job.schema}"."{job.table}"{_where(job)}) TO STDOUT (FORMAT csv, NULL '{NULL}', FORCE_QUOTE *)"""


def _mysql_export(job: Job, types: dict[str, str]) -> str:
    def value(name: str, kind: str) -> str:
        quoted = f"`{name}`"
        if kind.startswith(("datetime", "timestamp")):
            text = _micros(job, quoted)
        elif "binary" in kind or "blob" in kind:
            text = f"LOWER(HEX({quoted}))"
        else:
            text = f"CAST({quoted} AS CHAR)"
        return f"""IF({quoted} IS NULL, '\\\\N', CONCAT('"', REPLACE({text}, '"', '""'), '"'))"""

    select = ", ".join(value(*column) for column in types.items())
    return f"SELECT CONCAT_WS(',', {select}) FROM `{job.schema}`.`{job.table}`{_where(job)}"


def _query(job: Job, sql: str) -> str:
    return _run(job, sql, subprocess.PIPE).decode()


def _run(job: Job, sql: str, out) -> bytes:
    url = _url(job)
    environment = dict(os.environ, PGTZ="UTC")
    if job.engine == "PostgreSQL":
        command = ["psql", "--no-psqlrc", "--tuples-only", "--no-align", "--field-separator=\t", "--set", "ON_ERROR_STOP=1", "--command", sql, url]
    else:
        at = urlsplit(url)
        environment["MYSQL_PWD"] = unquote(at.password or "")
        command = [
            shutil.which("mariadb") or "mysql", "--no-defaults", "--protocol=tcp", f"--host={at.hostname}", f"--port={at.port or 3306}",
            f"--user={unquote(at.username or '')}", "--default-character-set=utf8mb4", "--batch", "--raw", "--quick", "--skip-column-names",
            "--init-command=SET time_zone = '+00:00'", "--execute", sql, at.path.strip("/"),
        ]
    done = subprocess.run(command, env=environment, stdout=out, stderr=subprocess.PIPE)
    if done.returncode != 0:
        sys.exit(f"{job.name}: reading the source failed: {done.stderr.decode().strip()}\n  {sql}")
    return done.stdout or b""


def _url(job: Job) -> str:
    name = "NARU_PG_URL" if job.engine == "PostgreSQL" else "NARU_MARIADB_URL"
    return os.environ.get(name) or sys.exit(f"{name} is not set: source .local/env")
