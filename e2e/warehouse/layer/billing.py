"""Bytes a query reads and is billed for, and `maximumBytesBilled`, by BigQuery's rules as far as tables tell.

A query reads the tables it names, those behind views included, whole (BigQuery reads the columns it needs: this is an upper
bound). A DELETE, UPDATE or MERGE reads the table it changes as well; an INSERT and a CREATE do not. Billed are whole MiB,
at least 10 MiB per table, and 0 without a table. Making a view reads nothing. A job that would be billed for more than its cap fails before it runs.
"""

from local_bigquery import errors
from local_bigquery.catalog import names, tables
from local_bigquery.errors import BigQueryError
from local_bigquery.jobs import query, runner
from local_bigquery.sql.translate import parse
from sqlglot import exp

MIB = 1 << 20
LEAST = 10 * MIB
DEEPEST_VIEW = 16
REASON = "bytesBilledLimitExceeded"

_inner = {}  # what was there before, other parts of the layer included


def tables_of(tree: exp.Expression, context, depth: int = 0) -> dict[tuple, int]:
    """The size of each table that a statement reads."""
    written = tree.this if isinstance(tree, (exp.Insert, exp.Create)) else None
    written = written.this if isinstance(written, exp.Schema) else written
    ctes = {cte.alias.casefold() for cte in tree.find_all(exp.CTE)}
    sizes = {}
    for table in tree.find_all(exp.Table):
        if table is written or not table.name or (not table.db and table.name.casefold() in ctes):
            continue
        reference = names.reference(table, context.project_id, context.dataset_id or "")
        try:
            found = tables.load(*reference)
        except BigQueryError:
            continue  # a function, INFORMATION_SCHEMA, or missing: the statement will say so
        if found.type == "VIEW" and found.view and depth < DEEPEST_VIEW:
            for part in parse(found.view.query):
                sizes |= tables_of(part, context, depth + 1)
        else:
            sizes[reference] = int(found.numBytes or 0)
    return sizes


def billed(sizes: dict[tuple, int]) -> int:
    return sum(max(LEAST, -(-size // MIB) * MIB) for size in sizes.values())


def statement(cur, tree, context, destination, config, dry_run, isolated):
    reads = not isinstance(tree, (exp.TruncateTable, exp.Drop, exp.Alter, exp.Transaction, exp.Commit, exp.Rollback))
    view = isinstance(tree, exp.Create) and tree.kind == "VIEW"
    sizes = tables_of(tree, context) if reads and not view else {}
    cost = billed(sizes)
    cap = config.maximumBytesBilled
    if not dry_run and cap and cost > int(cap):
        raise BigQueryError(REASON, f"Query exceeded limit for bytes billed: {cap}. {cost} or higher required.")
    statistics = _inner["statement"](cur, tree, context, destination, config, dry_run, isolated)
    return statistics.replace(totalBytesProcessed=str(sum(sizes.values())), totalBytesBilled="0" if dry_run else str(cost))


def execute(cur, project_id, job_id, config, dry_run=False, session=None):
    statistics, children, destination = _inner["execute"](cur, project_id, job_id, config, dry_run=dry_run, session=session)
    if children:  # a script reports what its statements were billed for
        totals = {
            field: str(sum(int(getattr(child, field) or 0) for child in children))
            for field in ("totalBytesProcessed", "totalBytesBilled")
        }
        statistics = statistics.replace(**totals)
    return statistics, children, destination


def done(job, statistics, error=None):
    finished = _inner["done"](job, statistics, error)
    read = finished.statistics.query and finished.statistics.query.totalBytesProcessed
    return finished.replace(statistics=finished.statistics.replace(totalBytesProcessed=read)) if read else finished


def install():
    # not at import: transactions wraps execute as well
    _inner.update(statement=query._statement, execute=query.execute, done=runner._done)
    errors.STATUSES[REASON] = (400, "INVALID_ARGUMENT")
    query._statement, query.execute, runner._done = statement, execute, done
