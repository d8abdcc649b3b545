"""The generator and next-day in real servers of their own, at a hundredth of the size."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).parent.parent
SERVER = HERE.parent / "databases" / "server"
AT = "2025-07-02 01:02:03"


class DatabasesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        os.chmod(folder.name, 0o711)
        cls.folder = Path(folder.name)
        cls.postgresql = cls.start("postgresql")
        admin = cls.start("mariadb")
        cls.mariadb = admin.removesuffix("/mysql") + "/billing"
        cls.client(admin, "CREATE DATABASE billing CHARACTER SET utf8mb4")
        cls.command("generate")

    @classmethod
    def start(cls, engine: str) -> str:
        cls.addClassCleanup(subprocess.run, [SERVER, "stop", cls.folder / engine, "--purge"], check=True)
        started = subprocess.run([SERVER, "start", engine, cls.folder / engine], stdout=subprocess.PIPE, text=True, check=True)
        return started.stdout.strip()

    @classmethod
    def command(cls, module: str, *arguments: str, fails: bool = False) -> str:
        scale = ["--scale", "0.01"] if module == "generate" else []
        done = subprocess.run(
            [sys.executable, "-m", f"company.{module}", "--postgresql", cls.postgresql, "--mariadb", cls.mariadb, *scale, *arguments],
            cwd=HERE, capture_output=True, text=True)
        if (done.returncode != 0) != fails:
            raise AssertionError(done.stdout + done.stderr)
        return done.stderr if fails else done.stdout

    @classmethod
    def client(cls, url: str, sql: str) -> str:
        from company.databases import MariaDB, PostgreSQL

        return (PostgreSQL(url) if url.startswith("postgresql") else MariaDB(url)).run(sql).strip()

    def sums(self) -> str:
        return self.command("checksums", "--stored")

    def test_a_second_filling_does_nothing_and_a_forced_one_gives_the_same_rows(self):
        self.command("generate", "--force")
        first = self.sums()
        self.assertIn("there already: seed 7, scale 0.01, day 0", self.command("generate"))
        self.command("generate", "--force", "--processes", "1")
        self.assertEqual(self.sums(), first)
        self.command("generate", "--seed", "8")
        self.assertNotEqual(self.sums(), first)

    def test_days_are_the_same_however_they_are_taken(self):
        self.command("generate", "--force")
        start = self.sums()
        said = self.command("next_day", "--at", AT) + self.command("next_day", "--at", AT)
        for happened in ("members joined", "members changed phone", "reservations made", "reservations returned", "reservations picked up", "cars moved",
                         "reservations cancelled", "cancelled reservations deleted", "payments received", "payments refunded", "failed payments deleted", "coupons expired"):
            rows = [int(line.split()[-1].replace(",", "")) for line in said.splitlines() if line.strip().startswith(happened)]
            self.assertEqual(len(rows), 2, happened)
            self.assertGreater(sum(rows), 0, happened)
        twice = self.sums()
        self.assertNotEqual(twice, start)
        self.command("generate", "--force")
        self.command("next_day", "--days", "2", "--at", AT)
        self.assertEqual(self.sums(), twice)

    def test_changes_lie_above_everything_a_cursor_has_seen(self):
        self.command("generate", "--force")
        for database, tables in ((self.postgresql, ("rental.reservations", "rental.members", "rental.cars")), (self.mariadb, ("payments", "coupons"))):
            clock = self.client(database, "SELECT clock_timestamp();" if database is self.postgresql else "SELECT NOW(6);")
            self.command("next_day")
            for table in tables:
                changed = int(self.client(database, f"SELECT count(*) FROM {table} WHERE updated_at >= '{clock}';"))
                self.assertGreater(changed, 0, table)

    def test_a_day_that_reached_one_database_is_completed_in_the_other(self):
        self.command("generate", "--force")
        count = "SELECT count(*) FROM rental.reservations;"
        reached, self.__class__.mariadb = self.mariadb, self.mariadb.replace("/billing", "/mysql")
        self.assertIn("there is no company yet", self.command("next_day", fails=True))
        self.__class__.mariadb = reached
        # as after a crash between the two
        self.command("next_day", "--at", AT)
        rows, sums = self.client(self.postgresql, count), self.sums()
        self.command("generate", "--force")
        self.client(self.mariadb, "RENAME TABLE payments TO away;")
        self.assertIn("payments", self.command("next_day", "--at", AT, fails=True))
        self.client(self.mariadb, "RENAME TABLE away TO payments;")
        self.assertIn("day 1", self.command("next_day", "--at", AT))
        self.assertEqual(self.client(self.postgresql, count), rows)
        self.assertEqual(self.sums(), sums)

    def test_payments_know_only_coupons_that_exist(self):
        self.command("generate", "--force")
        self.command("next_day")
        self.assertEqual(self.client(self.mariadb, "SELECT count(*) FROM payments p LEFT JOIN coupons c ON c.id = p.coupon_id WHERE p.coupon_id IS NOT NULL AND c.id IS NULL;"), "0")


if __name__ == "__main__":
    unittest.main()
