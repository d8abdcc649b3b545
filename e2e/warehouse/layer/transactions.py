"""Transactions conflict as in BigQuery: by table, when two of them update, delete or truncate.

The emulator finds a conflict only when both touch the same data file; two runs that fill the same empty table would both
commit. An INSERT alone conflicts with nothing, here and in BigQuery.
"""

import threading
from dataclasses import dataclass, field

import duckdb
from local_bigquery.catalog import names
from local_bigquery.errors import BigQueryError
from local_bigquery.jobs import query
from sqlglot import exp

MUTATIONS = (exp.Delete, exp.Update, exp.Merge, exp.TruncateTable)
LOST_RACE = "Failed to commit DuckLake transaction"

Table = tuple[str, ...]
_run, _execute = query._run, query.execute


def aborted(tables) -> BigQueryError:
    table = names.label(*min(tables)) if tables else "of this transaction"
    return BigQueryError("invalidQuery", f"Transaction is aborted due to concurrent update against table {table}.")


@dataclass(eq=False)
class Transaction:
    begin: int
    mutated: set[Table] = field(default_factory=set)


class Transactions:
    """Which open transaction mutates which table, and when each table was last mutated by a commit."""

    def __init__(self):
        self._lock = threading.Lock()
        self._clock = 0
        self._open: dict[int, Transaction] = {}
        self._holder: dict[Table, Transaction] = {}
        self._committed: dict[Table, int] = {}

    def begin(self, key: int):
        with self._lock:
            self._open[key] = Transaction(self._clock)

    def mutate(self, key: int, table: Table):
        with self._lock:
            transaction = self._open.get(key)
            if transaction is None:
                return  # a statement of its own: BigQuery queues it
            if self._holder.get(table, transaction) is not transaction or self._committed.get(table, 0) > transaction.begin:
                raise aborted([table])
            self._holder[table] = transaction
            transaction.mutated.add(table)

    def mutated(self, key: int) -> set[Table]:
        with self._lock:
            transaction = self._open.get(key)
            return set(transaction.mutated) if transaction else set()

    def end(self, key: int, committed: bool):
        with self._lock:
            transaction = self._open.pop(key, None)
            if transaction is None:
                return
            self._clock += 1
            for table in transaction.mutated:
                del self._holder[table]
                if committed:
                    self._committed[table] = self._clock


_transactions = Transactions()


def run(cur, tree, context, destination, config, dry_run, isolated):
    if dry_run:
        return _run(cur, tree, context, destination, config, dry_run, isolated)
    if isinstance(tree, MUTATIONS):
        target = tree.expressions[0] if isinstance(tree, exp.TruncateTable) else tree
        _transactions.mutate(id(cur), query._target(target, context))
    if isinstance(tree, exp.Transaction):
        _transactions.begin(id(cur))
    try:
        result = _run(cur, tree, context, destination, config, dry_run, isolated)
    except duckdb.Error as error:
        if LOST_RACE in str(error):
            raise aborted(_transactions.mutated(id(cur))) from error
        raise
    if isinstance(tree, (exp.Commit, exp.Rollback)):
        _transactions.end(id(cur), committed=isinstance(tree, exp.Commit))
    return result


def execute(cur, project_id, job_id, config, dry_run=False, session=None):
    try:
        return _execute(cur, project_id, job_id, config, dry_run=dry_run, session=session)
    finally:
        if session is None:
            _transactions.end(id(cur), committed=False)  # a script that ends without COMMIT has rolled back


def install():
    query._run, query.execute = run, execute
