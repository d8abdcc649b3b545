"""Of two requests that create the same dataset or table one is told that it exists (409), not that the server failed."""

import threading

from local_bigquery.catalog import datasets, tables

_creating = threading.Lock()
_create_table, _create_dataset = tables.create, datasets.create


def create_table(*arguments):
    with _creating:
        return _create_table(*arguments)


def create_dataset(*arguments):
    with _creating:
        return _create_dataset(*arguments)


def install():
    tables.create, datasets.create = create_table, create_dataset
