"""The peer: ConnectorX streams Arrow batches, pyarrow writes them as Parquet.  connectorx_to_parquet.py URL QUERY FILE"""

import sys

import connectorx
import pyarrow.parquet

url, query, file = sys.argv[1:]
batches = connectorx.read_sql(url, query, return_type="arrow_stream", batch_size=100_000)
with pyarrow.parquet.ParquetWriter(file, batches.schema, compression="zstd", compression_level=1) as writer:
    for batch in batches:
        writer.write_batch(batch)
