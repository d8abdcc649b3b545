"""Jobs, names and answers as the clients meet them; kill -9 of either server."""

import gzip
import json
import time
import unittest
import uuid
from concurrent.futures import ThreadPoolExecutor

from tests.client import BIGQUERY, HttpError, JobFailed, call, crash, create_table, insert, rows, run, send, upload, wait
from tests.test_load import AVRO, FIELDS, ROW, avro

SELECT = {"query": {"query": "SELECT 1", "useLegacySql": False}}
ENDLESS = "SELECT COUNT(*) FROM UNNEST(GENERATE_ARRAY(1, 1000000)) AS a, UNNEST(GENERATE_ARRAY(1, 1000000)) AS b WHERE MOD(a * b, 7) = 3"


class Jobs(unittest.TestCase):
    def setUp(self):
        self.dataset = f"d_{uuid.uuid4().hex[:8]}"
        run(f"CREATE SCHEMA {self.dataset}")

    def test_labels_and_location_are_kept(self):
        job = insert(SELECT | {"labels": {"naru_kind": "ingestionjob"}}, location="EU")
        job_id = job["jobReference"]["jobId"]
        found = call("GET", f"/jobs/{job_id}?location=EU")
        self.assertEqual(found["configuration"]["labels"], {"naru_kind": "ingestionjob"})
        self.assertEqual((found["jobReference"]["location"], found["id"]), ("EU", f"naru-local:EU.{job_id}"))
        with self.assertRaises(HttpError) as wrong:
            call("GET", f"/jobs/{job_id}?location=US")
        self.assertEqual((wrong.exception.status, wrong.exception.reason), (404, "notFound"))

    def test_an_unknown_job_is_not_found(self):
        with self.assertRaises(HttpError) as error:
            call("GET", "/jobs/nothing?location=US")
        self.assertEqual((error.exception.status, error.exception.reason), (404, "notFound"))
        self.assertEqual(error.exception.error["message"], "Not found: Job naru-local:US.nothing")

    def test_patch_by_method_override_with_a_compressed_body(self):
        create_table(f"{self.dataset}.t", [{"name": "id", "type": "INT64"}])
        body = gzip.compress(json.dumps({"labels": {"team": "x"}}).encode())
        headers = {"x-http-method-override": "PATCH", "content-encoding": "gzip", "content-type": "application/json"}
        send("POST", f"{BIGQUERY}/datasets/{self.dataset}/tables/t", body, headers)
        self.assertEqual(call("GET", f"/datasets/{self.dataset}/tables/t")["labels"], {"team": "x"})

    def test_a_compressed_job_keeps_its_location(self):
        body = {"jobReference": {"jobId": f"j{uuid.uuid4().hex}", "location": "EU"}, "configuration": SELECT}
        headers = {"content-encoding": "gzip", "content-type": "application/json"}
        answer = json.loads(send("POST", f"{BIGQUERY}/jobs", gzip.compress(json.dumps(body).encode()), headers)[2])
        self.assertEqual(answer["jobReference"]["location"], "EU")

    def test_no_answer_has_a_null_page_token(self):
        create_table(f"{self.dataset}.t", [{"name": "id", "type": "INT64"}])
        run(f"INSERT {self.dataset}.t VALUES (1)")
        for path in ("/datasets", f"/datasets/{self.dataset}/tables", "/jobs", f"/datasets/{self.dataset}/tables/t/data"):
            with self.subTest(path):
                self.assertNotRegex(send("GET", BIGQUERY + path)[2].decode(), r'"(nextPageToken|pageToken)":\s*null')

    def test_of_racing_creations_of_a_table_or_dataset_one_wins(self):
        def outcome(create) -> int:
            try:
                create()
                return 200
            except HttpError as error:
                self.assertIn("Already Exists: ", error.error["message"])
                return error.status

        name = f"n_{uuid.uuid4().hex[:8]}"
        reference = {"datasetReference": {"projectId": "naru-local", "datasetId": name}, "location": "EU"}
        with ThreadPoolExecutor(8) as racers:
            for create in (
                lambda: call("POST", "/datasets", reference),
                lambda: create_table(f"{name}.t", [{"name": "id", "type": "INT64"}]),
            ):
                self.assertEqual(sorted(racers.map(outcome, [create] * 8)), [200] + [409] * 7)
        self.assertEqual(call("GET", f"/datasets/{name}")["location"], "EU")

    def test_old_results_are_dropped(self):
        first = run("SELECT 1")["jobReference"]["jobId"]
        with ThreadPoolExecutor(4) as callers:
            list(callers.map(lambda _: insert(SELECT), range(105)))
        deadline = time.monotonic() + 30
        while True:
            try:
                call("GET", f"/queries/{first}?location=US")
            except HttpError as error:
                self.assertEqual(error.status, 404)
                return
            self.assertLess(time.monotonic(), deadline, "the first result is still there")
            time.sleep(0.5)

    def test_after_kill_9_data_is_there_and_a_running_job_has_failed(self):
        run(f"CREATE TABLE {self.dataset}.t (id INT64)")
        run(f"INSERT {self.dataset}.t VALUES (1), (2)")
        done = run("SELECT 1")["jobReference"]["jobId"]
        job_id = f"naru_{uuid.uuid4().hex}_a0"
        sql = f"BEGIN TRANSACTION; TRUNCATE TABLE {self.dataset}.t; INSERT {self.dataset}.t {ENDLESS}; COMMIT TRANSACTION;"
        running = insert({"query": {"query": sql, "useLegacySql": False}, "labels": {"naru_run": "r"}}, job_id)
        self.assertEqual(running["status"]["state"], "RUNNING")
        crash("bigquery")
        found = call("GET", f"/jobs/{job_id}?location=US")
        self.assertEqual((found["status"]["state"], found["status"]["errorResult"]["reason"]), ("DONE", "backendError"))
        self.assertIn("Retrying may solve the problem", found["status"]["errorResult"]["message"])
        self.assertEqual(found["configuration"]["labels"], {"naru_run": "r"})
        self.assertNotIn("errorResult", call("GET", f"/jobs/{done}?location=US")["status"])
        self.assertEqual(rows(f"SELECT id FROM {self.dataset}.t ORDER BY id"), [("1",), ("2",)])
        with self.assertRaises(HttpError) as again:
            insert(SELECT, job_id)
        self.assertEqual(again.exception.status, 409)
        run(f"TRUNCATE TABLE {self.dataset}.t", f"{job_id[:-1]}1")

    def test_a_running_job_can_be_cancelled(self):
        job = insert({"query": {"query": ENDLESS, "useLegacySql": False}})
        call("POST", f"/jobs/{job['jobReference']['jobId']}/cancel?location=US")
        with self.assertRaises(JobFailed) as stopped:
            wait(job)
        self.assertEqual(stopped.exception.reason, "stopped")

    def test_a_bucket_written_before_a_crash_is_loaded_after_it(self):
        upload(f"{self.dataset}/x.avro", avro([ROW], schema=AVRO))
        crash("storage")
        create_table(f"{self.dataset}.t", FIELDS)
        configuration = {"load": {
            "destinationTable": {"projectId": "naru-local", "datasetId": self.dataset, "tableId": "t"},
            "sourceUris": [f"gs://naru-staging/{self.dataset}/x.avro"], "sourceFormat": "AVRO", "useAvroLogicalTypes": True,
            "schema": {"fields": FIELDS}, "writeDisposition": "WRITE_EMPTY",
        }}
        wait(insert(configuration))
        with self.assertRaises(JobFailed) as second:
            wait(insert(configuration))
        self.assertEqual(second.exception.reason, "duplicate")
        self.assertEqual(rows(f"SELECT COUNT(*) FROM {self.dataset}.t"), [("1",)])
