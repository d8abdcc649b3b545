"""Runs the contenders in turn, measures each process, checks what it wrote, and writes the report."""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).parent
# instead of the image's share of the pod's memory limit, of which a process of this machine has none
HEAP = "-Xmx128m"
COLUMNS = "id, booked_at, car_id, distance_km, fare, plate, status, paid"

# the 8 narrow columns of a bookings table; the hash of the key decides every value, so both databases hold the same
_CREATE_POSTGRESQL = """
DROP TABLE IF EXISTS bookings;
CREATE TABLE bookings (id bigint PRIMARY KEY, booked_at timestamptz NOT NULL, car_id int NOT NULL, distance_km double precision,
  fare numeric(12,2) NOT NULL, plate varchar(16) NOT NULL, status varchar(16) NOT NULL, paid boolean NOT NULL);
INSERT INTO bookings SELECT n, timestamptz '2024-01-01 00:00:00+00' + n * interval '7.654321 s', h % 8000, CASE WHEN h % 10 > 0 THEN h % 100000 / 8.0 END,
  (h % 20000000) / 100.0, (100 + h % 900) || '호 ' || (1000 + h % 9000), (ARRAY['RETURNED','RETURNED','BOOKED','CANCELLED'])[1 + h % 4], h % 3 > 0
  FROM generate_series(1, {rows}) n, LATERAL (SELECT (hashint8extended(n, 7) & 2147483647) AS h) x;
VACUUM (FREEZE, ANALYZE) bookings;
"""
_CREATE_MARIADB = """
CREATE OR REPLACE DATABASE bench CHARACTER SET utf8mb4;
CREATE TABLE bench.bookings (id bigint PRIMARY KEY, booked_at datetime(6) NOT NULL, car_id int NOT NULL, distance_km double,
  fare decimal(12,2) NOT NULL, plate varchar(16) NOT NULL, status varchar(16) NOT NULL, paid tinyint(1) NOT NULL);
"""
_COPY_TEXT = (
    "COPY (SELECT id, booked_at AT TIME ZONE 'UTC', car_id, distance_km, fare, plate, status, paid::int FROM bookings ORDER BY id) TO STDOUT"
)
_LOAD = "SET unique_checks = 0; LOAD DATA LOCAL INFILE '/dev/stdin' INTO TABLE bench.bookings; ANALYZE TABLE bench.bookings"


@dataclass
class Contender:
    name: str
    engine: str
    writes: str
    command: list[str]
    environment: dict[str, str]
    rows_in: Callable[[Path, str], int]  # of the folder it wrote to, and of what it said
    runs: list[Run] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return statistics.median(r.seconds for r in self.runs)


@dataclass(frozen=True)
class Run:
    seconds: float
    cpu: float
    resident: int  # MB at the peak
    written: int  # MB
    load: float  # the machine's load average just before
    content: str  # hash of the rows, where the reader gives one
    reading: float  # seconds by the reader's own clock, without its start, where it tells


def measure(contender: Contender, folder: Path, rows: int) -> Run:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    load = os.getloadavg()[0]
    command = [part.replace("{out}", str(folder)) for part in contender.command]
    said = folder.parent / "said"
    with said.open("wb") as output:
        started = time.monotonic()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=dict(os.environ, **contender.environment))
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{contender.name} failed:\n{said.read_text()[-3000:]}")
    found = contender.rows_in(folder, said.read_text())
    if found != rows:
        sys.exit(f"{contender.name} gave {found:,} rows instead of {rows:,}")
    written = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024, written // 1_000_000, load, told(said.read_text(), "hash"), float(told(said.read_text(), "seconds") or 0))


def fill(postgresql: str, mariadb: list[str], environment: dict[str, str], rows: int) -> None:
    counted = subprocess.run(["psql", "-XAtc", "SELECT count(*) FROM bookings", postgresql], capture_output=True, text=True).stdout.strip()
    if counted != str(rows):
        print(f"  filling PostgreSQL with {rows:,} rows", flush=True)
        subprocess.run(["psql", "-Xq", "--set", "ON_ERROR_STOP=1", postgresql], input=_CREATE_POSTGRESQL.format(rows=rows), text=True, check=True)
    counted = subprocess.run([*mariadb, "-e", "SELECT count(*) FROM bench.bookings"], capture_output=True, text=True, env=environment).stdout.strip()
    if counted != str(rows):
        print("  copying them to MariaDB", flush=True)
        subprocess.run([*mariadb, "-e", _CREATE_MARIADB], check=True, env=environment)
        source = subprocess.Popen(["psql", "-Xqc", _COPY_TEXT, postgresql], stdout=subprocess.PIPE, env=environment)
        subprocess.run([*mariadb, "-e", _LOAD], stdin=source.stdout, stdout=subprocess.DEVNULL, check=True, env=environment)
        if source.wait() != 0:
            sys.exit("the copy from PostgreSQL to MariaDB broke off")


def parquet_rows(folder: Path, _: str) -> int:
    # in a process of its own: what this one has imported would count as memory of every process it starts
    count = "import sys, pyarrow.parquet; print(sum(pyarrow.parquet.read_metadata(f).num_rows for f in sys.argv[1:]))"
    return int(subprocess.run([sys.executable, "-c", count, *map(str, folder.glob("*.parquet"))], capture_output=True, text=True, check=True).stdout)


def naru_rows(folder: Path, said: str) -> int:
    """Counted by a reader that is not Naru's, in the files; what the worker says of itself has to agree."""
    count = "import sys, fastavro; print(sum(b.num_records for f in sys.argv[1:] for b in fastavro.block_reader(open(f, 'rb'))))"
    counted = int(subprocess.run([sys.executable, "-c", count, *map(str, folder.glob("*.avro"))], capture_output=True, text=True, check=True).stdout)
    return counted if f"rows={counted} " in said else -1


def worker_command(state: Path) -> list[str]:
    """What the image runs, on its files: its Java, its jars, its AOT cache."""
    return [part for part in (state / "worker" / "command").read_text().splitlines() if not part.startswith("-XX:MaxRAMPercentage")]


def told(said: str, key: str) -> str:
    """A value of the worker's last line of key=value; empty for other readers."""
    found = re.findall(rf"\b{key}=(\S+)", said)
    return found[-1] if found else ""


def flags(state: Path) -> list[str]:
    """The worker's JVM flags, without the folders of this machine."""
    command = worker_command(state)
    return [part.replace(str((state / "worker" / "rootfs").absolute()), "") for part in command[1 : command.index("-cp")]]


def contenders(postgresql: str, mariadb: str, mariadb_client: list[str], environment: dict[str, str], state: Path, rows: int) -> list[Contender]:
    my = urlsplit(mariadb)
    my_url = f"mysql://{my.username}:{my.password}@{my.hostname}:{my.port}/bench"
    naru_url = my_url.replace("mysql://", "mariadb://")
    java, *flags_and_main = worker_command(state)

    def naru(url: str, schema: str, connections: int) -> list[str]:
        return [java, HEAP, *flags_and_main, "bench", "--url", url, "--table", f"{schema}.bookings", "--parallelism", str(connections), "--out", "{out}"]

    def connectorx(url: str) -> list[str]:
        return [sys.executable, str(HERE / "connectorx_to_parquet.py"), url, f"SELECT {COLUMNS} FROM bookings", "{out}/bookings.parquet"]

    drained = lambda _folder, _said: rows  # nothing is kept that could be counted  # noqa: E731
    return [
        Contender("psql COPY binary", "PostgreSQL", "/dev/null", ["sh", "-c", 'exec psql -Xc "COPY bookings TO STDOUT (FORMAT binary)" "$0" >/dev/null', postgresql], {}, drained),
        Contender("Naru, 1 connection", "PostgreSQL", "Avro, zstd 1", naru(postgresql, "public", 1), {}, naru_rows),
        Contender("Naru, 2 connections", "PostgreSQL", "Avro, zstd 1", naru(postgresql, "public", 2), {}, naru_rows),
        Contender("ConnectorX 0.4.6", "PostgreSQL", "Parquet, zstd 1", connectorx(postgresql), {}, parquet_rows),
        Contender("mariadb --quick", "MariaDB", "/dev/null", ["sh", "-c", 'exec "$@" >/dev/null', "sh", *mariadb_client, "--quick", "-e", "SELECT * FROM bench.bookings"], environment, drained),
        Contender("Naru, 1 connection", "MariaDB", "Avro, zstd 1", naru(naru_url, "bench", 1), {}, naru_rows),
        Contender("Naru, 2 connections", "MariaDB", "Avro, zstd 1", naru(naru_url, "bench", 2), {}, naru_rows),
        Contender("ConnectorX 0.4.6", "MariaDB", "Parquet, zstd 1", connectorx(my_url), {}, parquet_rows),
    ]




def report(all_of_them: list[Contender], rows: int, rounds: int, versions: list[str]) -> str:
    def line(c: Contender, first: Contender) -> str:
        rates = sorted(rows / r.seconds for r in c.runs)
        cpu = statistics.median(r.cpu for r in c.runs) / rows * 1e6
        return (
            f"| {c.name} | {c.writes} | {rows / c.seconds:,.0f} | {rates[0]:,.0f} – {rates[-1]:,.0f} | {first.seconds / c.seconds:.2f} | {cpu:.2f} |"
            f" {max(r.resident for r in c.runs)} | {c.runs[-1].written} | {min(r.load for r in c.runs):.1f} – {max(r.load for r in c.runs):.1f} |"
        )

    parts = [
        "# Ingestion: the worker beside its peers", "",
        f"`e2e/bench/ingestion/run`: {rows:,} rows × 8 narrow columns (bigint key, timestamp, int, double, decimal(12,2), 2 varchar, bool),"
        f" {rounds} rounds in turn, median. Database and reader on one machine over loopback, no TLS, warm cache, files on the local disk:"
        " no network, no bucket, no warehouse. Start-up of each process is counted. Every count is checked; the rows that Naru read have"
        " one content hash over all runs.", "",
        *(f"- {v}" for v in versions), "",
    ]
    for engine in ("PostgreSQL", "MariaDB"):
        those = [c for c in all_of_them if c.engine == engine]
        parts += [
            f"## {engine}", "",
            f"| reader | writes | rows/s | lowest – highest | to {those[0].name} | CPU-s per M rows | peak MB | written MB | load average before |",
            "|---|---|---|---|---|---|---|---|---|", *(line(c, those[0]) for c in those), "",
        ]
        naru = min((c for c in those if c.name.startswith("Naru")), key=lambda c: c.seconds)
        peer = next(c for c in those if c.name.startswith("ConnectorX"))
        alone = rows / statistics.median(r.reading for r in naru.runs)
        parts += [f"By the worker's own clock, without the start of the JVM: {alone:,.0f} rows/s. Content hash of all runs: `{naru.runs[0].content}`.", ""]
        parts += [f"{naru.name}: {peer.seconds / naru.seconds:.2f} times {peer.name}, {those[0].seconds / naru.seconds:.2f} of {those[0].name}.", ""]
    parts += [
        "Of `psql` and `mariadb` the CPU and memory are the client's, which keeps nothing; the server's own work is in nobody's column. "
        "A load average above 2 before a run means that others used the two cores: then only the ratios within one round say something.", "",
    ]
    return "\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("rows", "rounds"):
        parser.add_argument(f"--{name}", type=int, required=True)
    for name in ("postgresql", "mariadb"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("state", "report"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    asked = parser.parse_args()
    my = urlsplit(asked.mariadb)
    environment = dict(os.environ, MYSQL_PWD=my.password, PGTZ="UTC")
    client = ["mariadb", "--no-defaults", "--protocol=tcp", "-h", my.hostname, "-P", str(my.port), "-u", my.username, "--default-character-set=utf8mb4",
              "--local-infile=1", "--batch", "--skip-column-names"]
    fill(asked.postgresql, client, environment, asked.rows)
    those = contenders(asked.postgresql, asked.mariadb, client, environment, asked.state, asked.rows)
    for number in range(1, asked.rounds + 1):
        for contender in those:
            run = measure(contender, asked.state / "out", asked.rows)
            contender.runs.append(run)
            print(f"  round {number}  {contender.engine:<11}{contender.name:<22}{asked.rows / run.seconds:>12,.0f} rows/s"
                  f"  {run.cpu / asked.rows * 1e6:5.2f} CPU-s/M  {run.resident:>5} MB  load {run.load:.1f}", flush=True)
    shutil.rmtree(asked.state / "out")
    for engine in ("PostgreSQL", "MariaDB"):
        if len({r.content for c in those if c.engine == engine and c.name.startswith("Naru") for r in c.runs}) != 1:
            sys.exit(f"the runs from {engine} gave different rows: their content hashes are not equal")
    versions = [
        f"{os.cpu_count()} cores ({platform.machine()}), Linux {platform.release().split('-')[0]}",
        subprocess.run(["psql", "-XAtc", "SELECT 'PostgreSQL ' || current_setting('server_version')", asked.postgresql], capture_output=True, text=True).stdout.strip(),
        "MariaDB " + subprocess.run([*client, "-e", "SELECT version()"], capture_output=True, text=True, env=environment).stdout.strip(),
        f"JVM flags, those of the image: `{' '.join([HEAP, *flags(asked.state)])}`",
    ]
    asked.report.parent.mkdir(parents=True, exist_ok=True)
    asked.report.write_text(report(those, asked.rows, asked.rounds, versions))
    print(f"  written: {asked.report}")


if __name__ == "__main__":
    main()
