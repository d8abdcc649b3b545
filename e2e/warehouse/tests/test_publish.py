"""The scripts with which the product publishes a run."""

import unittest
import uuid
from concurrent.futures import ThreadPoolExecutor

from tests.client import HttpError, JobFailed, call, rows, run


class Publish(unittest.TestCase):
    def setUp(self):
        name = uuid.uuid4().hex[:8]
        self.t, self.ledger, self.stg = (f"`naru-local.{d}_{name}.{t}`" for d, t in (("d", "t"), ("ops", "runs"), ("ops", "stg")))
        self.columns = "`id`, `region`, `day`, `name`, `updated_at`"
        columns = "region STRING{0}, day DATE, name STRING, updated_at TIMESTAMP"
        run(
            f"CREATE SCHEMA d_{name}; CREATE SCHEMA ops_{name};"
            f"CREATE TABLE {self.t} (id INT64 NOT NULL, {columns.format(' NOT NULL')}) PARTITION BY day CLUSTER BY id;"
            f"CREATE TABLE {self.ledger} (run_key STRING, rows_inserted INT64);"
            f"CREATE TABLE {self.stg} (id INT64, {columns.format('')});"
        )
        self.dataset = f"d_{name}"

    def stage(self, first: int, last: int, name: str, hour: int = 0):
        run(
            f"INSERT {self.stg} SELECT id, IF(MOD(id, 2) = 0, 'a', 'b'), DATE '2026-01-01', '{name}', TIMESTAMP '2026-01-01 {hour:02}:00:00' "
            f"FROM UNNEST(GENERATE_ARRAY({first}, {last})) AS id"
        )

    def script(self, run_key: str, *statements: str) -> str:
        guard = f"ASSERT NOT EXISTS (SELECT 1 FROM {self.ledger} WHERE run_key = '{run_key}') AS 'published by {run_key}'"
        ledger = f"INSERT INTO {self.ledger} (run_key, rows_inserted) VALUES ('{run_key}', @@row_count)"
        return ";\n".join(["BEGIN TRANSACTION", guard, *statements, ledger, "COMMIT TRANSACTION"]) + ";"

    def full(self, run_key: str) -> str:
        return self.script(
            run_key, f"TRUNCATE TABLE {self.t}", f"INSERT INTO {self.t} ({self.columns}) SELECT {self.columns} FROM {self.stg}"
        )

    def incremental(self, run_key: str, keys: list[str], partition: str = "TRUE") -> str:
        same = " AND ".join(f"s.`{key}` = t.`{key}`" for key in keys)
        return self.script(
            run_key,
            f"DELETE FROM {self.t} AS t WHERE {partition} AND EXISTS (SELECT 1 FROM {self.stg} AS s WHERE {same})",
            f"INSERT INTO {self.t} ({self.columns}) SELECT {self.columns} FROM {self.stg} WHERE TRUE "
            f"QUALIFY ROW_NUMBER() OVER (PARTITION BY {', '.join(keys)} ORDER BY `updated_at` DESC) = 1",
        )

    def state(self) -> tuple:
        [target] = rows(f"SELECT COUNT(*), COUNT(DISTINCT id), COUNTIF(name = 'new') FROM {self.t}")
        return target, rows(f"SELECT run_key, rows_inserted FROM {self.ledger} ORDER BY run_key")

    def test_full_replaces_the_rows_and_keeps_partitioning_and_required(self):
        self.stage(1, 10, "old")
        run(self.full("k1"))
        run(f"TRUNCATE TABLE {self.stg}")
        self.stage(5, 9, "new")
        job = run(self.full("k2"))
        self.assertEqual(job["statistics"]["query"]["statementType"], "SCRIPT")
        self.assertEqual(self.state(), (("5", "5", "5"), [("k1", "10"), ("k2", "5")]))
        table = call("GET", f"/datasets/{self.dataset}/tables/t")
        self.assertEqual(table["timePartitioning"], {"field": "day", "type": "DAY"})
        self.assertEqual(table["clustering"], {"fields": ["id"]})
        self.assertEqual([f["mode"] for f in table["schema"]["fields"]][:3], ["REQUIRED", "REQUIRED", "NULLABLE"])

    def test_incremental_by_one_key_and_by_two_keeps_the_newest_row_of_each(self):
        for number, keys in enumerate((["id"], ["id", "region"])):
            with self.subTest(keys=keys):
                run(f"TRUNCATE TABLE {self.stg}")
                self.stage(1, 10, "old")
                run(self.full(f"full{number}"))
                run(f"TRUNCATE TABLE {self.stg}")
                self.stage(8, 12, "older", hour=1)
                self.stage(8, 12, "new", hour=2)
                run(self.incremental(f"run{number}", keys, "t.`day` IN (DATE '2026-01-01')"))
                self.assertEqual(self.state()[0], ("12", "12", "5"))

    def test_other_forms_of_the_key_condition(self):
        forms = {
            "id IN (SELECT id FROM {stg})": True,
            "STRUCT(id, region) IN (SELECT STRUCT(id, region) FROM {stg})": True,
            "(id, region) IN (SELECT AS STRUCT id, region FROM {stg})": False,
        }
        self.stage(1, 4, "x")
        for form, works in forms.items():
            with self.subTest(form=form):
                sql = f"DELETE FROM {self.t} AS t WHERE {form.format(stg=self.stg)}"
                if works:
                    run(sql)
                else:
                    self.assertRaises(JobFailed, run, sql)

    def test_keys_of_every_type_that_may_be_null_are_compared_by_their_json(self):
        values = {
            "INT64": "1", "STRING": "'ö'", "BYTES": "FROM_HEX('00ff')", "BOOL": "TRUE", "FLOAT64": "0.1", "NUMERIC": "NUMERIC '1.5'",
            "BIGNUMERIC": "BIGNUMERIC '1.5'", "DATE": "DATE '2026-01-01'", "DATETIME": "DATETIME '2026-01-01 01:02:03.456789'",
            "TIME": "TIME '01:02:03.456789'", "TIMESTAMP": "TIMESTAMP '2026-01-01 01:02:03.456789'",
        }
        columns = ", ".join(f"k_{kind} {kind}" for kind in values)
        fill = "; ".join(f"INSERT {{0}} (kind, k_{kind}) VALUES ('{kind}', {value}), ('{kind}', NULL)" for kind, value in values.items())
        for table in (self.t, self.stg):
            run(f"CREATE OR REPLACE TABLE {table} (kind STRING, {columns}); {fill.format(table)};")
        run("; ".join(
            f"DELETE FROM {self.t} AS t WHERE EXISTS (SELECT 1 FROM {self.stg} AS s "
            f"WHERE s.kind = '{kind}' AND t.kind = '{kind}' AND TO_JSON_STRING(s.k_{kind}) = TO_JSON_STRING(t.k_{kind}))"
            for kind in values
        ))
        self.assertEqual(rows(f"SELECT kind FROM {self.t}"), [])

    def test_each_guard_aborts_with_its_text_and_undoes_everything(self):
        self.stage(1, 3, "old")
        run(self.full("k1"))
        before = self.state()
        moved = f"SELECT 1 FROM {self.ledger} WHERE run_key = 'k1'"
        for guard in (
            f"ASSERT NOT EXISTS ({moved}) AS 'superseded by k1'",
            f"IF EXISTS ({moved}) THEN RAISE USING MESSAGE = 'superseded by k1'; END IF",
            f"SELECT IF((SELECT COUNT(*) FROM {self.ledger}) > 0, ERROR('superseded by k1'), 1)",
        ):
            with self.subTest(guard=guard), self.assertRaises(JobFailed) as failed:
                run(f"BEGIN TRANSACTION; DELETE FROM {self.t} WHERE TRUE; INSERT {self.ledger} (run_key) VALUES ('bad'); {guard}; COMMIT TRANSACTION;")
            self.assertEqual((failed.exception.reason, failed.exception.message), ("invalidQuery", "superseded by k1"))
            self.assertEqual(self.state(), before)

    def test_a_quiet_way_out_writes_nothing_and_is_no_error(self):
        self.stage(1, 3, "old")
        run(self.full("k1"))
        before = self.state()
        run(
            f"BEGIN TRANSACTION; IF EXISTS (SELECT 1 FROM {self.ledger} WHERE run_key = 'k1') THEN ROLLBACK TRANSACTION; RETURN; END IF; "
            f"DELETE FROM {self.t} WHERE TRUE; COMMIT TRANSACTION;"
        )
        self.assertEqual(self.state(), before)

    def test_a_failing_statement_leaves_the_target_untouched(self):
        self.stage(1, 3, "old")
        run(self.full("k1"))
        before = self.state()
        for statement, text in (
            (f"INSERT {self.t} (id, region) VALUES (NULL, 'x')", "NOT NULL constraint failed: t.id"),
            (f"INSERT {self.t} (id, regionx) VALUES (1, 'x')", 'does not have a column with name "regionx"'),
        ):
            with self.assertRaises(JobFailed) as failed:
                run(self.script("k2", f"TRUNCATE TABLE {self.t}", statement))
            self.assertIn(text, failed.exception.message)
            self.assertEqual(self.state(), before)

    def race(self, script) -> list[str]:
        def attempt(number: int) -> str:
            try:
                run(script(number))
                return "done"
            except JobFailed as failed:
                return failed.message

        with ThreadPoolExecutor(4) as racers:
            return list(racers.map(attempt, range(4)))

    def test_of_racing_attempts_one_publishes(self):
        self.stage(1, 5000, "old")
        for name, script in (("full", self.full), ("incremental", lambda key: self.incremental(key, ["id", "region"]))):
            with self.subTest(name):
                run(f"TRUNCATE TABLE {self.t}")
                results = self.race(lambda _: script(name))
                self.assertEqual(results.count("done"), 1, results)
                for message in set(results) - {"done"}:
                    self.assertRegex(message, f"Transaction is aborted due to concurrent update against table .*|published by {name}")
                self.assertEqual(self.state()[0], ("5000", "5000", "0"))

    def test_inserts_alone_do_not_conflict_unless_they_mutate_the_ledger(self):
        self.stage(1, 10, "old")
        copy = f"INSERT INTO {self.t} ({self.columns}) SELECT {self.columns} FROM {self.stg}"
        lock = f"DELETE FROM {self.ledger} WHERE run_key = 'guarded'"
        results = self.race(lambda _: self.script("guarded", lock, copy))
        self.assertEqual(results.count("done"), 1, results)
        self.assertEqual(self.state()[0][0], "10")

    def test_an_id_is_used_once(self):
        self.stage(1, 10, "old")
        job_id = f"naru_{uuid.uuid4().hex}_a0"

        def attempt(_):
            try:
                run(f"INSERT INTO {self.t} ({self.columns}) SELECT {self.columns} FROM {self.stg}", job_id)
                return 200
            except HttpError as error:
                self.assertEqual(error.reason, "duplicate")
                self.assertEqual(error.error["message"], f"Already Exists: Job naru-local:US.{job_id}")
                return error.status

        with ThreadPoolExecutor(8) as racers:
            self.assertEqual(sorted(racers.map(attempt, range(8))), [200] + [409] * 7)
        self.assertEqual(self.state()[0][0], "10")
