"""What BigQuery throws away by itself: tables after their expirationTime, and the results of old queries.

The emulator keeps the result of every query for ever, and each of them makes every later query slower.
"""

import logging
import threading

import duckdb
from local_bigquery.catalog import metadata, tables
from local_bigquery.engine import database
from local_bigquery.errors import BigQueryError

KEPT_RESULTS = 100
EVERY_SECONDS = 5


def drop_old_results():
    old = database.fetch(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'emulator' AND schema_name = ? "
        "ORDER BY table_oid DESC OFFSET ?",
        [tables.RESULTS, KEPT_RESULTS],
    )
    for (name,) in old:
        database.execute(f"DROP TABLE IF EXISTS {database.quote('emulator', tables.RESULTS, name)}")


def drop_expired_tables():
    expired = database.fetch(
        "SELECT project_id, dataset_id, table_id FROM emulator.tables "
        "WHERE CAST(json_extract_string(resource, '$.expirationTime') AS BIGINT) <= ?",
        [int(metadata.now())],
    )
    for reference in expired:
        with database.writing(*reference):
            tables.exists(*reference)  # looking at an expired table drops it


def _run(stopped: threading.Event):
    while not stopped.wait(EVERY_SECONDS):
        for task in (drop_old_results, drop_expired_tables):
            try:
                task()
            except (duckdb.Error, BigQueryError) as error:  # a conflict with a running job: the next round does it
                logging.warning("event=upkeep_postponed task=%s error=%r", task.__name__, str(error))


def start():
    threading.Thread(target=_run, args=[threading.Event()], name="upkeep", daemon=True).start()
