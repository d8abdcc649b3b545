"""Compares the sample's DataMart with figures that are computed here from the source databases, never with the mart's
own SQL: rows of the sources are read as text and added up in Python."""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import time
from collections import defaultdict
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb

from comparison import sources
from comparison.bigquery import BigQuery
from comparison.jobs import Job, read_jobs

_SEOUL = timezone(timedelta(hours=9))  # no daylight saving since 1988
_WEEK_MINUTES = 7 * 24 * 60


def rows(job: Job, folder: Path) -> list[dict[str, str | None]]:
    """All rows of a source, values as text, NULL as None."""
    types = sources.columns(job)
    file = folder / f"{job.name}.csv"
    sources.export(job, types, file)
    with file.open(newline="") as lines:
        return [{name: None if value == sources.NULL else value for name, value in zip(types, row)} for row in csv.reader(lines)]


def seoul(micros: str) -> datetime:
    return datetime.fromtimestamp(int(micros) / 1_000_000, _SEOUL)


def money(row: dict) -> Decimal:
    return Decimal(row["fare"]) - Decimal(row["discount"] or 0)


def minutes(row: dict) -> int:
    return (int(row["returned_at"]) - int(row["pickup_at"])) // 60_000_000 if row["status"] == "RETURNED" else 0


def earned(row: dict) -> Decimal:
    return Decimal(0) if row["status"] == "CANCELLED" else money(row)


class Sample:
    """What the mart should hold."""

    def __init__(self, tables: dict[str, list[dict]], through: datetime):
        self.reservations, self.payments, self.coupons = tables["reservations"], tables["payments"], tables["coupons"]
        self.cars, self.zones = ({row["id"]: row for row in tables[name]} for name in ("cars", "zones"))
        self.before = [r for r in self.reservations if seoul(r["pickup_at"]) < through]

    def reservation_daily(self) -> set[tuple]:
        added: dict[tuple, list] = defaultdict(lambda: [0, 0, 0, Decimal(0), Decimal(0), 0])
        for r in self.before:
            day = added[(str(seoul(r["pickup_at"]).date()), r["car_id"])]
            day[0] += 1
            day[1] += r["status"] == "RETURNED"
            day[2] += r["status"] == "CANCELLED"
            day[3] += earned(r)
            day[4] += Decimal(r["distance_km"] or 0)
            day[5] += minutes(r)
        for values in added.values():
            values[4] = values[4].quantize(Decimal("0.001"), ROUND_HALF_UP)
        return {(*key, *map(plain, values)) for key, values in added.items()}

    def car_utilization_weekly(self) -> set[tuple]:
        added: dict[tuple, list] = defaultdict(lambda: [0, 0, Decimal(0)])
        for r in self.before:
            day = seoul(r["pickup_at"]).date()
            car = self.cars[r["car_id"]]
            week = added[(str(day - timedelta(days=day.weekday())), car["id"], car["model"], car["fuel"])]
            week[0] += r["status"] == "RETURNED"
            week[1] += minutes(r)
            week[2] += earned(r)
        return {(*key, *map(plain, values)) for key, values in added.items()}

    def revenue_daily(self) -> set[tuple]:
        added: dict[str, list] = defaultdict(lambda: [0, 0, Decimal(0)])
        for r in self.before:
            day = added[str(seoul(r["pickup_at"]).date())]
            day[0] += 1
            day[1] += r["status"] == "RETURNED"
            day[2] += earned(r)
        return {
            (day, *map(plain, (n, rides, won)), plain((won / Decimal("1.1")).quantize(Decimal("0.01"), ROUND_HALF_UP)))
            for day, (n, rides, won) in added.items()
        }

    def zone_ranking(self) -> set[tuple]:
        added: dict[str, int] = defaultdict(int)
        for _, _, zone, pickups in self.zone_hourly_demand():
            added[zone] += int(pickups)
        return {(zone, self.zones[zone]["name_ko"], self.zones[zone]["kind"], str(n)) for zone, n in added.items()}

    def revenue(self) -> Decimal:
        return sum(map(earned, self.before), Decimal(0))

    def zone_hourly_demand(self) -> set[tuple]:
        added: dict[tuple, int] = defaultdict(int)
        for r in self.before:
            if r["status"] != "CANCELLED":
                at = seoul(r["pickup_at"])
                added[(str(at.date()), str(at.hour), r["pickup_zone_id"])] += 1
        return {(*key, str(n)) for key, n in added.items()}

    def member_lifetime(self) -> set[tuple]:
        added: dict[str, list] = defaultdict(lambda: [0, 0, Decimal(0)])
        for r in self.reservations:
            member = added[r["member_id"]]
            member[0] += 1
            member[1] += r["status"] == "RETURNED"
            member[2] += earned(r)
        return {(key, str(n), str(rides), plain(won)) for key, (n, rides, won) in added.items()}

    def payment_reconciliation(self) -> set[tuple]:
        paid: dict[str, list] = defaultdict(lambda: [Decimal(0), Decimal(0)])
        for p in self.payments:
            paid[p["reservation_id"]][0] += 0 if p["status"] == "FAILED" else Decimal(p["amount"])
            paid[p["reservation_id"]][1] += Decimal(p["refunded_amount"] or 0)
        return {
            (r["id"], plain(money(r)), plain(paid[r["id"]][0]), plain(paid[r["id"]][1]), plain(paid[r["id"]][0] - paid[r["id"]][1] - money(r)))
            for r in self.reservations
        }

    def coupon_effect(self) -> set[tuple]:
        added: dict[str, list] = defaultdict(lambda: [0, 0])
        for c in self.coupons:
            added[c["kind"]][0] += 1
            added[c["kind"]][1] += c["used_at"] is not None
        return {(kind, str(n), str(used)) for kind, (n, used) in added.items()}


def plain(number: Decimal | int | str) -> str:
    """A number without zeros at its end."""
    text = format(Decimal(number), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def canonical(row: tuple) -> tuple:
    return tuple(plain(value) if value.replace(".", "", 1).lstrip("-").isdigit() else value for value in row)


def compare(name: str, want: set[tuple], got: list[tuple]) -> str | None:
    """What differs, or None."""
    wanted, there = {canonical(row) for row in want}, {canonical(row) for row in got}
    if wanted == there and len(got) == len(want):
        return None
    return (f"{name}: {len(wanted - there):,} rows are missing, such as {sorted(wanted - there)[:2]};"
            f" {len(there - wanted):,} should not be there, such as {sorted(there - wanted)[:2]}; {len(got):,} rows in all")


COLUMNS = {
    "reservation_daily": ["day", "car_id", "reservations", "rides", "cancelled", "revenue", "distance_km", "minutes_used"],
    "car_utilization_weekly": ["week", "car_id", "model", "fuel", "rides", "minutes_used", "revenue"],
    "revenue_daily": ["day", "reservations", "rides", "revenue", "revenue_before_vat"],
    "zone_hourly_demand": ["day", "hour", "zone_id", "pickups"],
    "member_lifetime": ["member_id", "reservations", "rides", "revenue"],
    "payment_reconciliation": ["reservation_id", "due", "paid", "refunded", "difference"],
    "coupon_effect": ["kind", "issued", "used"],
    "zone_ranking": ["zone_id", "name_ko", "kind", "pickups"],
}
VIEWS = {"zone_ranking"}
FLOATS = {"distance_km"}  # metres are told, the rest is noise of adding up


def published(bigquery: BigQuery, dataset: str, table: str, bucket: str, folder: Path) -> list[tuple]:
    """All rows of a table of the mart, values as text."""
    if table in VIEWS:
        columns = ", ".join(f"CAST({name} AS STRING)" for name in COLUMNS[table])
        return [tuple(row) for row in bigquery.query(f"SELECT {columns} FROM {dataset}.{table}")]
    files = [str(file) for file in bigquery.extract(dataset, table, bucket, folder)]
    columns = ", ".join(f'CAST(ROUND("{name}", 3) AS VARCHAR)' if name in FLOATS else f'CAST("{name}" AS VARCHAR)' for name in COLUMNS[table])
    return duckdb.connect().execute(f"SELECT {columns} FROM read_parquet({files})").fetchall()


def main() -> None:
    parser = argparse.ArgumentParser(prog="verify-mart", description=__doc__)
    parser.add_argument("--namespace", "-n", default="rental")
    parser.add_argument("--dataset", default="soda_store")
    parser.add_argument("--through", required=True, help="status.dataThrough of the DataMart")
    asked = parser.parse_args()
    started = time.monotonic()
    jobs = {job.name: job for job in read_jobs(asked.namespace, [])}
    if kept := sources.deletions(jobs["reservations"]):
        print(f"  not compared: {len(kept):,} reservations were deleted at the source and stay in the raw table, as no deletes are declared;"
              " what the mart counts of them cannot be computed from the sources any more")
        return
    through = datetime.fromisoformat(asked.through.replace("Z", "+00:00"))
    with tempfile.TemporaryDirectory(prefix="naru-verify-") as folder:
        sample = Sample({name: rows(jobs[name], Path(folder)) for name in ("reservations", "payments", "coupons", "cars", "zones")}, through)
        bigquery = BigQuery(jobs["reservations"].project)
        bucket = jobs["reservations"].staging_bucket
        got = {table: published(bigquery, asked.dataset, table, bucket, Path(folder)) for table in COLUMNS}
    wrong = []
    for table in COLUMNS:
        want = getattr(sample, table)()
        difference = compare(table, want, got[table])
        print(f"  {table:<24} {'DIFFERENT' if difference else '=':<2} {len(want):>9,} rows computed from the sources", flush=True)
        wrong += [difference] if difference else []
    # a float that was rounded: its last digit may go either way
    off = bigquery.query(
        f"SELECT COUNTIF(ABS(utilization - minutes_used / {_WEEK_MINUTES}) > 0.000051) FROM {asked.dataset}.car_utilization_weekly")[0][0]
    if off != "0":
        wrong.append(f"car_utilization_weekly: utilization of {off} rows is not minutes_used in {_WEEK_MINUTES} minutes")
    print(f"  revenue up to {through:%Y-%m-%d %H:%M} UTC: {sample.revenue():,} KRW  ({time.monotonic() - started:.1f} s)")
    if wrong:
        sys.exit("verify-mart: " + "\n  ".join(wrong))


if __name__ == "__main__":
    main()
