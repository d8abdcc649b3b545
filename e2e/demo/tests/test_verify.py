import tempfile
import unittest
from pathlib import Path

import duckdb

from comparison import sources, verify
from comparison.bigquery import Field
from comparison.jobs import Job

JOB = Job("t", "PostgreSQL", "rental", "t", [], None, ["id"], False, "p", "d", "t", "b")
FIELDS = [Field(name, kind, name == "tags") for name, kind in {
    "id": "INTEGER", "name": "STRING", "fare": "NUMERIC", "km": "FLOAT", "at": "TIMESTAMP", "local": "DATETIME", "day": "DATE",
    "time": "TIME", "paid": "BOOLEAN", "raw": "BYTES", "tags": "STRING",
}.items()]
# the same two rows, as a source exports them and as BigQuery holds them
CSV = (
    '"1","a ""b"", 나루\nsecond line","12.50","0.1","1735689600000001","1735689600000001","2025-01-01","06:30:00.5","t","00ff","[""x"",""나루""]"\n'
    '"2","",\\N,\\N,\\N,\\N,\\N,\\N,\\N,\\N,"[]"\n'
)
ROWS = """
SELECT 1 AS id, 'a "b", 나루' || chr(10) || 'second line' AS name, 12.5::DECIMAL(38,9) AS fare, 0.1::DOUBLE AS km,
  '2025-01-01 00:00:00.000001'::TIMESTAMP AS at, '2025-01-01 00:00:00.000001'::TIMESTAMP AS "local", '2025-01-01'::DATE AS day,
  '06:30:00.5'::TIME AS time, true AS paid, '\\x00\\xFF'::BLOB AS raw, ['x', '나루'] AS tags
UNION ALL SELECT 2, '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, []
"""


class VerifyTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.db = duckdb.connect()

    def load(self, csv: str = CSV, rows: str = ROWS, change: str | None = None) -> None:
        (self.folder / "t.csv").write_text(csv)
        self.db.execute(f"CREATE OR REPLACE TABLE held AS {rows}")
        if change:
            self.db.execute(change)
        self.db.execute(f"COPY held TO '{self.folder}/t.parquet' (FORMAT parquet)")
        self.db.execute(f"CREATE OR REPLACE TABLE source AS {verify._source_rows(self.folder / 't.csv', [f.name for f in FIELDS], FIELDS)}")
        self.db.execute(f"CREATE OR REPLACE TABLE target AS {verify._target_rows([self.folder / 't.parquet'], FIELDS)}")

    def test_equal_rows_of_every_type_are_equal(self):
        self.load()
        verify._compare_rows(JOB, self.db)
        self.assertEqual(self.db.execute("SELECT count(*) FROM source").fetchone(), (2,))

    def test_the_smallest_change_of_any_value_is_found(self):
        for change in (
            "UPDATE held SET name = NULL WHERE id = 2", "UPDATE held SET name = ' ' WHERE id = 2", "UPDATE held SET name = 'A' || name[2:] WHERE id = 1",
            "UPDATE held SET fare = 12.500000001 WHERE id = 1", "UPDATE held SET km = 0.10000000000000002 WHERE id = 1",
            'UPDATE held SET "at" = "at" + INTERVAL 1 MICROSECOND', 'UPDATE held SET "local" = "local" - INTERVAL 1 MICROSECOND',
            "UPDATE held SET day = day + 1", "UPDATE held SET time = '06:30:00.500001' WHERE id = 1", "UPDATE held SET paid = false WHERE id = 1",
            "UPDATE held SET raw = '\\x00\\xFE'::BLOB WHERE id = 1", "UPDATE held SET tags = ['나루', 'x'] WHERE id = 1",
            "DELETE FROM held WHERE id = 1", "INSERT INTO held FROM held WHERE id = 1",
        ):
            with self.subTest(change):
                self.load(change=change)
                with self.assertRaises(verify.Difference):
                    verify._compare_rows(JOB, self.db)

    def test_a_difference_names_the_row(self):
        self.load(change="UPDATE held SET fare = 1 WHERE id = 1")
        with self.assertRaises(verify.Difference) as caught:
            verify._compare_rows(JOB, self.db)
        self.assertIn("1 rows of the source are not in the target", str(caught.exception))
        self.assertIn("only in the target: {'id': '1'", str(caught.exception))

    def test_figures_are_those_that_both_sides_answer(self):
        answers = {  # of a correct target
            "COUNT(*)": "2", "COUNT(id)": "2", "SUM(id)": "3", "MIN(id)": "1", "MAX(id)": "2", "SUM(fare)": "12.5", "SUM(km)": "0.1",
            "MAX(at)": "1735689600000001", "MIN(day)": "2025-01-01", "LENGTH(tags)": "2", "COUNT(raw)": "1",
        }
        spelled_otherwise = {"SUM(fare)": "12.50", "SUM(km)": "0.10000000000000001"}
        wrong = {"COUNT(*)": "3", "SUM(fare)": "12.51", "SUM(id)": None, "SUM(km)": "0.1001", "MAX(at)": "1735689600000000", "MIN(day)": "2025-01-02", "LENGTH(tags)": "1", "COUNT(raw)": "2"}
        labels = ["COUNT(*)", *(f"{function}({f.name})" for f in FIELDS for function in verify._functions(f))]

        def compare(changed):
            original, sources.figures = sources.figures, lambda *_: [{**answers, **spelled_otherwise}.get(label, "1") for label in labels]
            try:
                bigquery = type("BigQuery", (), {"query": lambda self, sql: [[{**answers, **changed}.get(label, "1") for label in labels]]})()
                verify._compare_figures(JOB, {}, bigquery, FIELDS, [])
            finally:
                sources.figures = original

        compare({})
        for label, value in wrong.items():
            with self.subTest(label), self.assertRaisesRegex(verify.Difference, label.replace("(", "\\(").replace(")", "\\)").replace("*", "\\*")):
                compare({label: value})

    def test_only_noted_deletions_are_kept_and_only_by_cursor(self):
        incremental = Job(**{**JOB.__dict__, "incremental": True})
        original, sources.deletions = sources.deletions, lambda job: {"2"}
        self.addCleanup(setattr, sources, "deletions", original)
        only_first = CSV.splitlines(keepends=True)[0] + CSV.splitlines(keepends=True)[1]
        self.load(csv=only_first)
        self.assertEqual(verify._kept(JOB, self.db), [])
        self.assertEqual(verify._kept(incremental, self.db), ["2"])
        verify._compare_rows(incremental, self.db)
        sources.deletions = lambda job: set()
        self.load(csv=only_first)
        self.assertEqual(verify._kept(incremental, self.db), [])
        with self.assertRaises(verify.Difference):
            verify._compare_rows(incremental, self.db)


if __name__ == "__main__":
    unittest.main()
