"""Jobs as BigQuery keeps them: an id is used once, the location asked for is kept, and every job ends.

A job that was RUNNING when the process was killed is failed at the next start. Its transaction may have been committed
just before: as with a lost answer, only the data (the ledger) tells.
"""

import concurrent.futures
import contextlib
import threading
import time

import duckdb
from local_bigquery.catalog import metadata
from local_bigquery.engine import database
from local_bigquery.errors import BigQueryError, already_exists, not_found
from local_bigquery.jobs import runner, store
from local_bigquery.models import Job, JobStatus

from layer import wire

INTERRUPTED = BigQueryError(
    "backendError",
    "Error encountered during execution. Retrying may solve the problem. (The local BigQuery was stopped while this job ran.)",
)

CANCEL_SECONDS = 10

_submitting = threading.Lock()
_new_job, _submit = runner._job, runner.submit


def _label(project_id: str, job_id: str, location: str | None) -> str:
    return f"{project_id}:{location or 'US'}.{job_id}"


def new_job(project_id: str, job_id: str | None, configuration) -> Job:
    job, location = _new_job(project_id, job_id, configuration), wire.location.get()
    if location is None:
        return job
    return job.replace(
        id=_label(project_id, job_id, location),
        selfLink=f"/bigquery/v2/projects/{project_id}/jobs/{job_id}?location={location}",
        jobReference={"projectId": project_id, "jobId": job_id, "location": location},
    )


def submit(project_id: str, job_id: str, configuration, upload: str | None = None) -> Job:
    if configuration.dryRun:
        return _submit(project_id, job_id, configuration, upload)
    with _submitting:  # the emulator looks and saves in two steps
        if known := store.load(project_id, job_id):
            raise already_exists("Job", _label(project_id, job_id, known.jobReference.location))
        return _submit(project_id, job_id, configuration, upload)


def get(project_id: str, job_id: str) -> Job:
    job, asked = store.load(project_id, job_id), wire.location.get()
    if job is None or asked and asked.casefold() != (job.jobReference.location or "US").casefold():
        raise not_found("Job", _label(project_id, job_id, asked))
    return job


def cancel(project_id: str, job_id: str) -> Job:
    """Interrupts until the job has ended: the emulator does so once, which is lost while a statement is being planned."""
    runner.get(project_id, job_id)
    if running := runner._running.get((project_id, job_id)):
        running.cancelled = True
        deadline = time.monotonic() + CANCEL_SECONDS
        while not running.future.done() and time.monotonic() < deadline:
            if running.cursor:
                with contextlib.suppress(duckdb.ConnectionException):  # closed: it ended just now
                    running.cursor.interrupt()
            concurrent.futures.wait([running.future], timeout=0.1)
    return runner.get(project_id, job_id)


def fail_interrupted():
    """Fails what was under way when the process ended."""
    unfinished = database.fetch("SELECT resource FROM emulator.jobs WHERE state <> 'DONE'")
    for (resource,) in unfinished:
        job = Job.model_validate_json(resource)
        status = JobStatus(state="DONE", errorResult=INTERRUPTED.proto(), errors=[INTERRUPTED.proto()])
        statistics = job.statistics.replace(endTime=metadata.now())
        store.save(job.replace(status=status, statistics=statistics))


def install():
    runner._job, runner.submit, runner.get, runner.cancel = new_job, submit, get, cancel
    fail_interrupted()
