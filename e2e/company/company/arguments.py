"""What the commands have in common: which databases, and errors for people."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from company.databases import DatabaseError, MariaDB, PostgreSQL


def add_databases(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--postgresql", metavar="URL", default=os.environ.get("NARU_PG_URL"), help="default: $NARU_PG_URL")
    parser.add_argument("--mariadb", metavar="URL", default=os.environ.get("NARU_MARIADB_URL"), help="default: $NARU_MARIADB_URL")


def databases(asked: argparse.Namespace) -> tuple[PostgreSQL, MariaDB]:
    for name, url, scheme in (("NARU_PG_URL", asked.postgresql, "postgresql://"), ("NARU_MARIADB_URL", asked.mariadb, "mariadb://")):
        if not (url or "").startswith(scheme):
            sys.exit(f"{name} is {url or 'not set'}: give {scheme}user:password@host:port/database (e2e/databases/up starts both; then: source .local/env)")
    return PostgreSQL(asked.postgresql), MariaDB(asked.mariadb)


@contextmanager
def fail_in_words(command: str) -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        sys.exit(f"{command}: {error}")
    except FileNotFoundError as missing:
        sys.exit(f"{command}: {missing.filename} is not installed (Debian: apt-get install postgresql-client mariadb-client)")
