"""Starts the emulator with our changes: python -m layer --listen 127.0.0.1,10.0.0.5 --port 9050 …"""

import argparse
import asyncio
import pathlib
import socket

import uvicorn
from local_bigquery import app
from local_bigquery.engine import database
from local_bigquery.grpc import server as grpc
from local_bigquery.settings import settings

from layer import avro, billing, catalog, dml, jobs, partitions, transactions, upkeep, wire


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="layer", description="Run the local BigQuery")
    parser.add_argument("--listen", default="127.0.0.1", help="addresses, separated by commas")
    parser.add_argument("--port", type=int, default=9050)
    parser.add_argument("--grpc-port", type=int, default=9060)
    parser.add_argument("--data", type=pathlib.Path, required=True, help="folder that keeps the tables")
    parser.add_argument("--buckets", type=pathlib.Path, required=True, help="folder of gs://: one folder per bucket")
    parser.add_argument("--project", default="naru-local")
    return parser.parse_args()


def listeners(hosts: list[str], port: int) -> list[socket.socket]:
    sockets = []
    for host in hosts:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        sockets.append(listener)
    return sockets


def main():
    given = arguments()
    hosts = given.listen.split(",")
    settings.data_dir, settings.gcs_local_root = given.data, given.buckets
    settings.default_project_id, settings.default_dataset_id = given.project, "_default"  # hidden from lists
    sockets = listeners(hosts, given.port)  # before the data is touched: two processes must not share a folder
    for module in (wire, catalog, partitions, dml, transactions, avro, jobs, billing):
        module.install()
    # DuckDB would keep every file it has read, up to most of the memory; the system keeps them as well.
    database.connection().execute("SET GLOBAL enable_external_file_cache = false")
    upkeep.start()
    streams = [grpc.start(host, given.grpc_port)[0] for host in hosts]
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=5)
    try:
        asyncio.run(uvicorn.Server(config).serve(sockets))
    finally:
        for stream in streams:
            stream.stop(None)


if __name__ == "__main__":
    main()
