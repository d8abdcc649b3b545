"""The two databases, spoken to through their own command line clients: `psql` and `mariadb`."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

SQL = Path(__file__).with_name("sql")


class DatabaseError(Exception):
    """A client refused; the text is the client's own."""


@dataclass(frozen=True)
class PostgreSQL:
    url: str

    def _command(self, *more: str) -> list[str]:
        return ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1", *more, self.url]

    def run(self, script: str) -> str:
        return _run(self._command("--file", "-"), script, dict(os.environ, PGTZ="UTC"))

    def copy(self, table: str) -> Stream:
        """A stream into the table, in the text format of COPY."""
        return Stream(self._command("--command", f"COPY {table} FROM STDIN"), dict(os.environ))


@dataclass(frozen=True)
class MariaDB:
    url: str

    # BINARY(16) arrives as hexadecimal digits
    _LOADED_AS = {
        "payments": "(id, @payment_key, reservation_id, member_id, coupon_id, method, status, amount, refunded_amount,"
        " installment_months, is_business, flags, paid_at, settled_on, memo, created_at, updated_at)"
        " SET payment_key = UNHEX(@payment_key)",
        "coupons": "",
    }

    def _command(self, *more: str) -> list[str]:
        at = urlsplit(self.url)
        client = shutil.which("mariadb") or "mysql"
        return [
            client, "--no-defaults", "--protocol=tcp", f"--host={at.hostname}", f"--port={at.port or 3306}", f"--user={unquote(at.username or '')}",
            "--default-character-set=utf8mb4", "--local-infile=1", "--batch", "--raw", "--binary-as-hex", "--skip-column-names", *more, at.path.strip("/"),
        ]

    def _environment(self) -> dict[str, str]:
        return dict(os.environ, MYSQL_PWD=unquote(urlsplit(self.url).password or ""))

    def run(self, script: str) -> str:
        return _run(self._command(), "SET time_zone = '+00:00';\n" + script, self._environment())

    @classmethod
    def load(cls, table: str, file: str) -> str:
        # strict: a value that does not fit stops the load instead of becoming a warning;
        # patient: the next rows may be a while in the making;
        # and not unique_checks = 0, with which the first process would lock the empty table for itself (bulk insert)
        return (
            "SET time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES', foreign_key_checks = 0, net_read_timeout = 600;"
            f" LOAD DATA LOCAL INFILE '{file}' INTO TABLE {table} CHARACTER SET utf8mb4 {cls._LOADED_AS[table]};"
        )

    def copy(self, table: str) -> Stream:
        """A stream into the table, in the default format of LOAD DATA, which is that of COPY."""
        return Stream(self._command("--execute", self.load(table, "/dev/stdin")), self._environment())


class Stream:
    """Lines on their way into a table; `close` fails when the database refused one."""

    def __init__(self, command: list[str], environment: dict[str, str]):
        self._client = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def write(self, lines: str) -> None:
        try:
            self._client.stdin.write(lines.encode())
        except BrokenPipeError:
            self.close()  # says what the client said
            raise

    def close(self) -> None:
        said, _ = self._client.communicate()
        if self._client.returncode != 0:
            raise DatabaseError(said.decode().strip())


def _run(command: list[str], script: str, environment: dict[str, str]) -> str:
    done = subprocess.run(command, env=environment, input=script, capture_output=True, text=True)
    if done.returncode != 0:
        raise DatabaseError(done.stderr.strip())
    return done.stdout
