"""The least of a client: JSON over HTTP to the warehouse that `check` has started."""

import json
import os
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

PROJECT = "naru-local"
BIGQUERY = os.environ["NARU_BIGQUERY_URL"] + f"/bigquery/v2/projects/{PROJECT}"
STORAGE = os.environ["NARU_STORAGE_URL"]
FOLDER = os.environ["WAREHOUSE_FOLDER"]
SERVER = os.path.join(os.path.dirname(__file__), "..", "server")


class HttpError(Exception):
    def __init__(self, status: int, body: bytes):
        super().__init__(f"{status} {body.decode(errors='replace')}")
        self.status = status
        self.error = json.loads(body)["error"] if body else {}

    @property
    def reason(self) -> str:
        return self.error["errors"][0]["reason"]


class JobFailed(Exception):
    def __init__(self, result: dict):
        super().__init__(result["message"])
        self.reason, self.message = result["reason"], result["message"]


def send(method: str, url: str, body: bytes | None = None, headers: dict | None = None):
    """The status, headers and body of an answer that is no error; 308 is none here."""
    request = urllib.request.Request(url, method=method, data=body, headers=headers or {})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            content = error.read()
        if error.code == 308:
            return error.code, error.headers, content
        raise HttpError(error.code, content) from None


def call(method: str, path: str, body: dict | None = None, headers: dict | None = None) -> dict:
    data = None if body is None else json.dumps(body).encode()
    answer = send(method, BIGQUERY + path, data, {"content-type": "application/json", **(headers or {})})[2]
    return json.loads(answer) if answer else {}


def insert(configuration: dict, job_id: str | None = None, location: str = "US") -> dict:
    reference = {"projectId": PROJECT, "jobId": job_id or f"j{uuid.uuid4().hex}", "location": location}
    return call("POST", "/jobs", {"jobReference": reference, "configuration": configuration})


def wait(job: dict) -> dict:
    deadline = time.monotonic() + 60
    while job["status"]["state"] != "DONE":
        if time.monotonic() > deadline:
            raise TimeoutError(f"job {job['id']} is not done after 60 s")
        time.sleep(0.05)
        job = call("GET", f"/jobs/{job['jobReference']['jobId']}?location={job['jobReference']['location']}")
    if result := job["status"].get("errorResult"):
        raise JobFailed(result)
    return job


def run(sql: str, job_id: str | None = None) -> dict:
    return wait(insert({"query": {"query": sql, "useLegacySql": False}}, job_id))


def rows(sql: str) -> list[tuple]:
    job = run(sql)
    answer = call("GET", f"/queries/{job['jobReference']['jobId']}?location=US")
    return [tuple(cell["v"] for cell in row["f"]) for row in answer.get("rows", [])]


def create_table(table: str, fields: list[dict], **properties) -> dict:
    dataset, name = table.split(".")
    reference = {"projectId": PROJECT, "datasetId": dataset, "tableId": name}
    return call("POST", f"/datasets/{dataset}/tables", {"tableReference": reference, "schema": {"fields": fields}, **properties})


def load(table: str, uris: list[str], fields: list[dict], **options) -> dict:
    dataset, name = table.split(".")
    return wait(insert({
        "load": {
            "destinationTable": {"projectId": PROJECT, "datasetId": dataset, "tableId": name},
            "sourceUris": uris, "schema": {"fields": fields}, "sourceFormat": "AVRO", "useAvroLogicalTypes": True,
            "writeDisposition": "WRITE_APPEND", "createDisposition": "CREATE_NEVER", **options,
        }
    }))


def upload(name: str, content: bytes, query: str = "") -> dict:
    url = f"{STORAGE}/upload/storage/v1/b/naru-staging/o?uploadType=media&name={urllib.parse.quote(name, safe='')}{query}"
    return json.loads(send("POST", url, content, {"content-type": "application/octet-stream"})[2])


def object_url(name: str) -> str:
    return f"{STORAGE}/storage/v1/b/naru-staging/o/{urllib.parse.quote(name, safe='')}"


def crash(server: str):
    """kill -9, then start again with the same data on the same port."""
    subprocess.run([SERVER, "crash", FOLDER, server], check=True)
    subprocess.run([SERVER, "start", FOLDER], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
