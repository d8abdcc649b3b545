"""Avro from the bucket into staging tables."""

import datetime
import decimal
import io
import time
import unittest
import uuid

import fastavro

from tests.client import JobFailed, call, create_table, load, rows, run, upload

ROW = {
    "id": 1, "b": True, "i": 2**62 + 1, "f": 1 / 3, "n": decimal.Decimal("-12345678901234567890123456789.123456789"),
    "bn": decimal.Decimal("-12345678901234567890.000000000000000001"), "s": "héllo 😀", "by": b"\x00\xff", "d": datetime.date(1, 1, 1),
    "dt": datetime.datetime(2026, 1, 1, 1, 2, 3, 456789), "tm": datetime.time(23, 59, 59, 999999),
    "ts": datetime.datetime(9999, 12, 31, 23, 59, 59, 999999, datetime.UTC),
}
TYPES = {
    "id": ("INT64", "long"), "b": ("BOOL", "boolean"), "i": ("INT64", "long"), "f": ("FLOAT64", "double"),
    "n": ("NUMERIC", {"type": "bytes", "logicalType": "decimal", "precision": 38, "scale": 9}),
    "bn": ("BIGNUMERIC", {"type": "bytes", "logicalType": "decimal", "precision": 76, "scale": 38}),
    "s": ("STRING", "string"), "by": ("BYTES", "bytes"), "d": ("DATE", {"type": "int", "logicalType": "date"}),
    "dt": ("DATETIME", {"type": "long", "logicalType": "local-timestamp-micros"}),
    "tm": ("TIME", {"type": "long", "logicalType": "time-micros"}),
    "ts": ("TIMESTAMP", {"type": "long", "logicalType": "timestamp-micros"}),
}
FIELDS = [{"name": name, "type": kind, "mode": "REQUIRED" if name == "id" else "NULLABLE"} for name, (kind, _) in TYPES.items()]
AVRO = {"type": "record", "name": "row", "fields": [
    {"name": name, "type": avro if name == "id" else ["null", avro]} for name, (_, avro) in TYPES.items()
]}
NOTHING = {name: None for name in ROW}


def avro(records: list[dict], codec: str = "zstandard", schema: dict = AVRO) -> bytes:
    file = io.BytesIO()
    with decimal.localcontext(prec=80):
        fastavro.writer(file, schema, records, codec=codec, sync_interval=64_000)
    return file.getvalue()


class Load(unittest.TestCase):
    def setUp(self):
        self.dataset = f"ops_{uuid.uuid4().hex[:8]}"
        run(f"CREATE SCHEMA {self.dataset}")
        self.table = f"{self.dataset}.stg"

    def put(self, name: str, content: bytes) -> str:
        upload(f"{self.dataset}/{name}", content)
        return f"gs://naru-staging/{self.dataset}/{name}"

    def test_every_type_in_every_codec_arrives_exactly(self):
        create_table(self.table, FIELDS)
        uris = [
            self.put(f"{codec}.avro", avro([ROW | {"id": number}, NOTHING | {"id": -number}], codec))
            for number, codec in enumerate(("null", "deflate", "snappy", "zstandard"), 1)
        ]
        job = load(self.table, uris, FIELDS)
        self.assertEqual(job["statistics"]["load"]["outputRows"], "8")
        exact = [
            "CAST(b AS STRING)", "CAST(i AS STRING)", "CAST(f AS STRING)", "CAST(n AS STRING)", "CAST(bn AS STRING)", "s", "TO_HEX(by)",
            "CAST(d AS STRING)", "CAST(dt AS STRING)", "CAST(tm AS STRING)", "CAST(UNIX_MICROS(ts) AS STRING)",
        ]
        found = rows(f"SELECT {', '.join(exact)} FROM {self.table} WHERE id > 0")
        expected = (
            "true", "4611686018427387905", "0.3333333333333333", "-12345678901234567890123456789.123456789",
            "-12345678901234567890.000000000000000001", "héllo 😀", "00ff", "0001-01-01", "2026-01-01 01:02:03.456789",
            "23:59:59.999999", "253402300799999999",
        )
        self.assertEqual(found, [expected] * 4)
        self.assertEqual(rows(f"SELECT DISTINCT {', '.join(exact)} FROM {self.table} WHERE id < 0"), [(None,) * 11])

    def test_decimals_of_every_length(self):
        schema = {"type": "record", "name": "row", "fields": [{"name": "n", "type": ["null", TYPES["n"][1]]}]}
        fields = [{"name": "n", "type": "NUMERIC"}]
        values = [sign * decimal.Decimal(10**digits - 1).scaleb(-9, decimal.Context(prec=40)) for digits in range(38) for sign in (1, -1)]
        create_table(self.table, fields)
        load(self.table, [self.put("n.avro", avro([{"n": value} for value in [*values, None]], schema=schema))], fields)
        found = [cell and decimal.Decimal(cell) for (cell,) in rows(f"SELECT n FROM {self.table}")]
        self.assertEqual(sorted(value for value in found if value is not None), sorted(values))
        self.assertEqual(found.count(None), 1)

    def test_a_bignumeric_beyond_what_is_kept_is_refused_not_rounded(self):
        create_table(self.table, FIELDS)
        uri = self.put("fine.avro", avro([ROW | {"bn": decimal.Decimal("1e-38")}]))
        with self.assertRaises(JobFailed) as failed:
            load(self.table, [uri], FIELDS)
        self.assertIn("keeps 20 digits before the point and 18 after it", failed.exception.message)

    def test_columns_are_matched_by_name_and_a_missing_one_is_null(self):
        create_table(self.table, FIELDS)
        schema = {"type": "record", "name": "row", "fields": [{"name": "s", "type": "string"}, {"name": "id", "type": "long"}]}
        load(self.table, [self.put("two.avro", avro([{"id": 7, "s": "x"}], schema=schema))], FIELDS)
        self.assertEqual(rows(f"SELECT id, s, n FROM {self.table}"), [("7", "x", None)])

    def test_a_wildcard_loads_all_its_files(self):
        create_table(self.table, FIELDS)
        for chunk in range(3):
            self.put(f"chunk-{chunk}.avro", avro([ROW | {"id": chunk}]))
        load(self.table, [f"gs://naru-staging/{self.dataset}/chunk-*.avro"], FIELDS)
        self.assertEqual(rows(f"SELECT COUNT(*), SUM(id) FROM {self.table}"), [("3", "3")])

    def test_a_failed_load_says_why_and_leaves_the_table_as_it_was(self):
        create_table(self.table, FIELDS)
        whole = avro([ROW | {"id": number} for number in range(100)])
        load(self.table, [self.put("good.avro", whole)], FIELDS)
        good = f"gs://naru-staging/{self.dataset}/good.avro"
        cases = {
            "missing.avro": (None, "notFound", r"Not found: URI gs://naru-staging/.*/missing\.avro"),
            "junk.avro": (b"junk" * 10, "invalid", r"Magic does not match File: gs://naru-staging/.*/junk\.avro"),
            "short.avro": (whole[:-30], "invalid", r"EOF reached File: gs://naru-staging/.*/short\.avro"),
            "spoilt.avro": (whole[:-40] + b"\0" * 24 + whole[-16:], "invalid", "failed to read data"),
        }
        for name, (content, reason, message) in cases.items():
            with self.subTest(name):
                if content is not None:
                    self.put(name, content)
                with self.assertRaises(JobFailed) as failed:
                    load(self.table, [good, f"gs://naru-staging/{self.dataset}/{name}"], FIELDS)
                self.assertEqual(failed.exception.reason, reason)
                self.assertRegex(failed.exception.message, message)
        self.assertEqual(rows(f"SELECT COUNT(*) FROM {self.table}"), [("100",)])

    def test_a_table_that_must_exist_is_not_created(self):
        with self.assertRaises(JobFailed) as failed:
            load(self.table, [self.put("x.avro", avro([ROW]))], FIELDS)
        self.assertEqual((failed.exception.reason, failed.exception.message), ("notFound", f"Not found: Table naru-local:{self.table}"))

    def test_a_staging_table_keeps_labels_and_expiry_and_goes_when_it_is_over(self):
        soon = str(int((time.time() + 6) * 1000))
        create_table(self.table, FIELDS, expirationTime=soon, labels={"naru_run": "r1"})
        load(self.table, [self.put("x.avro", avro([ROW]))], FIELDS)
        table = call("GET", f"/datasets/{self.dataset}/tables/stg")
        self.assertEqual((table["expirationTime"], table["labels"], table["schema"]["fields"][0]["mode"]), (soon, {"naru_run": "r1"}, "REQUIRED"))
        deadline = time.monotonic() + 20
        while rows(f"SELECT COUNT(*) FROM `{self.dataset}.INFORMATION_SCHEMA.TABLES`") != [("0",)]:
            self.assertLess(time.monotonic(), deadline, "the expired table is still there")
            time.sleep(0.5)

    def test_a_partition_decorator_writes_that_partition_only(self):
        fields = [{"name": "id", "type": "INT64"}, {"name": "d", "type": "DATE"}]
        schema = {"type": "record", "name": "row", "fields": [{"name": "id", "type": "long"}, {"name": "d", "type": TYPES["d"][1]}]}
        create_table(self.table, fields, timePartitioning={"type": "DAY", "field": "d"})
        run(f"INSERT {self.table} VALUES (1, '2026-01-01'), (2, '2026-01-02')")
        uri = self.put("day.avro", avro([{"id": 3, "d": datetime.date(2026, 1, 2)}], schema=schema))
        load(f"{self.table}$20260102", [uri], fields, writeDisposition="WRITE_TRUNCATE")
        self.assertEqual(rows(f"SELECT id FROM {self.table} ORDER BY id"), [("1",), ("3",)])
        with self.assertRaises(JobFailed) as failed:
            load(f"{self.table}$20260101", [uri], fields)
        self.assertIn("Some rows belong to different partitions rather than destination partition 20260101", failed.exception.message)
