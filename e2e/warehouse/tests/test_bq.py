"""The command line tool with nothing but the environment that `up` writes."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
import uuid

from tests.client import run

SCRIPT = os.path.join(os.path.dirname(__file__), "..", "warehouse.sh")


@unittest.skipUnless(shutil.which("bq"), "bq is not installed")
class Bq(unittest.TestCase):
    def test_ls_and_query_need_only_the_environment(self):
        name = f"d_{uuid.uuid4().hex[:8]}"
        run(f"CREATE SCHEMA {name}; CREATE TABLE {name}.t AS SELECT 1 AS one;")
        with tempfile.TemporaryDirectory() as folder:
            port = re.search(r":(\d+)$", os.environ["NARU_BIGQUERY_URL"])[1]
            lib = os.path.join(os.path.dirname(SCRIPT), "..", "lib.sh")
            subprocess.run(
                ["bash", "-ec", '. "$1"; . "$2"; write_warehouse_env', "write", lib, SCRIPT],
                env=os.environ | {"NARU_LOCAL": folder, "NARU_BIGQUERY_PORT": port}, check=True,
            )

            def bq(command: str):
                answer = subprocess.run(
                    ["bash", "-ec", f". {folder}/env; bq --format=json {command}"],
                    capture_output=True, text=True, env={"PATH": os.environ["PATH"], "HOME": folder}, check=True,
                )
                return json.loads(answer.stdout)

            self.assertEqual(bq(f"query --nouse_legacy_sql 'SELECT one FROM {name}.t'"), [{"one": "1"}])
            self.assertIn(name, [dataset["datasetReference"]["datasetId"] for dataset in bq("ls")])
