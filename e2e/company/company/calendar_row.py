"""How far the company's calendar is in each database; there is a row only when the data is complete."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from company.databases import MariaDB, PostgreSQL


@dataclass(frozen=True)
class CalendarRow:
    edition: str
    seed: int
    scale: float
    day: int

    def made_by(self, edition: str, seed: int, scale: float) -> bool:
        return (self.edition, self.seed, self.scale) == (edition, seed, scale)


def edition() -> str:
    """Changes whenever the generator does, so that old data is not taken for new."""
    here = Path(__file__).parent
    code = hashlib.sha256()
    for file in sorted([*here.glob("*.py"), *here.glob("sql/*.sql")]):
        if file.name not in ("next_day.py", "checksums.py"):
            code.update(file.read_bytes())
    return code.hexdigest()[:12]


def read(database: PostgreSQL | MariaDB) -> CalendarRow | None:
    if isinstance(database, PostgreSQL):
        exists = database.run("SELECT to_regclass('company.calendar') IS NOT NULL;").strip() == "t"
        query = "SELECT edition || ' ' || seed || ' ' || scale || ' ' || day FROM company.calendar;"
    else:
        exists = database.run("SHOW TABLES LIKE 'company_calendar';").strip() != ""
        query = "SELECT CONCAT_WS(' ', edition, seed, scale, day) FROM company_calendar;"
    row = database.run(query).split() if exists else []
    return CalendarRow(row[0], int(row[1]), float(row[2]), int(row[3])) if row else None


def insert(table: str, edition: str, seed: int, scale: float) -> str:
    return f"INSERT INTO {table} (edition, seed, scale, day) VALUES ('{edition}', {seed}, {scale}, 0);\n"
