"""Bytes of queries and the cap on them."""

import unittest
import uuid

from tests.client import JobFailed, call, insert, run, wait

MIB = 1 << 20


class Billing(unittest.TestCase):
    def setUp(self):
        self.dataset = f"d_{uuid.uuid4().hex[:8]}"
        d = self.dataset
        run(
            f"CREATE SCHEMA {d}; CREATE TABLE {d}.t (id INT64, name STRING); CREATE TABLE {d}.u (id INT64);"
            f"INSERT {d}.t SELECT id, 'x' FROM UNNEST(GENERATE_ARRAY(1, 1000)) AS id;"
            f"CREATE VIEW {d}.v AS SELECT id FROM {d}.t"
        )

    def query(self, sql: str, **options) -> dict:
        return {"query": {"query": sql, "useLegacySql": False, **options}}

    def dry(self, sql: str) -> int:
        return int(insert(self.query(sql) | {"dryRun": True})["statistics"]["query"]["totalBytesProcessed"])

    def billed(self, sql: str) -> int:
        return int(run(sql)["statistics"]["query"]["totalBytesBilled"])

    def test_a_dry_run_tells_the_size_of_the_tables(self):
        d = self.dataset
        self.assertEqual(self.dry(f"SELECT * FROM {d}.t"), 16000)
        self.assertEqual(self.dry(f"SELECT * FROM {d}.v"), 16000)
        self.assertEqual(self.dry(f"WITH u AS (SELECT * FROM {d}.t) SELECT * FROM u JOIN {d}.t AS b USING (id)"), 16000)
        self.assertEqual(self.dry("SELECT 1"), 0)

    def test_a_job_is_billed_ten_mebibytes_per_table_at_least(self):
        d = self.dataset
        self.assertEqual(self.billed(f"SELECT COUNT(*) FROM {d}.t"), 10 * MIB)
        self.assertEqual(self.billed(f"SELECT COUNT(*) FROM {d}.t JOIN {d}.u USING (id)"), 20 * MIB)
        self.assertEqual(self.billed(f"INSERT {d}.u SELECT id FROM {d}.t"), 10 * MIB)
        self.assertEqual(self.billed(f"DELETE FROM {d}.u WHERE id = 1"), 10 * MIB)
        self.assertEqual(self.billed(f"CREATE TABLE {d}.w AS SELECT id FROM {d}.v"), 10 * MIB)
        self.assertEqual(self.billed(f"CREATE VIEW {d}.y AS SELECT id FROM {d}.t"), 0)
        self.assertEqual(self.billed(f"BEGIN TRANSACTION; TRUNCATE TABLE {d}.u; INSERT {d}.u SELECT id FROM {d}.t; COMMIT TRANSACTION;"), 10 * MIB)

    def test_a_job_beyond_its_cap_fails_before_it_runs(self):
        d = self.dataset
        with self.assertRaises(JobFailed) as refused:
            wait(insert(self.query(f"CREATE TABLE {d}.x AS SELECT * FROM {d}.t", maximumBytesBilled="1000")))
        self.assertEqual(refused.exception.reason, "bytesBilledLimitExceeded")
        self.assertEqual(refused.exception.message, "Query exceeded limit for bytes billed: 1000. 10485760 or higher required.")
        names = [table["tableReference"]["tableId"] for table in call("GET", f"/datasets/{d}/tables")["tables"]]
        self.assertNotIn("x", names)
        wait(insert(self.query(f"SELECT * FROM {d}.t", maximumBytesBilled=str(10 * MIB))))
