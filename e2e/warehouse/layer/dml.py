"""The columns of the table that a DELETE or UPDATE changes have their types, as those of every other table.

The emulator knows them in queries only, so that e.g. TO_JSON_STRING of BYTES is written in two ways within one DELETE and
`WHERE EXISTS (… TO_JSON_STRING(s.key) = TO_JSON_STRING(t.key))` finds no row.
"""

from local_bigquery.catalog import tables
from local_bigquery.engine.types import bigquery_type
from local_bigquery.sql import rules
from local_bigquery.sql.rules import typing
from sqlglot import exp


def type_target(tree: exp.Expression, context) -> exp.Expression:
    target = tree.this
    if not isinstance(tree, (exp.Delete, exp.Update)) or not isinstance(target, exp.Table) or not target.catalog:
        return tree
    if not tables.exists(target.catalog, target.db, target.name):
        return tree  # the statement will say so
    fields = {field.name.casefold(): field for field in tables.columns(target.catalog, target.db, target.name)}
    alias = target.alias_or_name.casefold()
    for column in tree.find_all(exp.Column):
        field = fields.get(column.name.casefold())
        unknown = column.type is None or column.type.this == exp.DataType.Type.UNKNOWN
        if unknown and field and column.table.casefold() == alias:
            column.type = exp.DataType.build(bigquery_type(field), dialect="bigquery")
    return tree


def install():
    rules.STATEMENT_RULES.insert(rules.STATEMENT_RULES.index(typing.annotate) + 1, type_target)
