import subprocess
import sys
import unittest
from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from company import bookings, clock, rental
from company.bookings import Book
from company.checksums import of_generated
from company.world import World

SCALE = 0.02


def columns(lines):
    return [line.rstrip("\n").split("\t") for line in lines]


class GeneratorTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = World.create(7, SCALE)
        cls.made = list(bookings.bookings(cls.world, Book.history(cls.world), 0, cls.world.reservations))
        cls.reservations = columns(b.reservation for b in cls.made)
        cls.payments = columns(line for b in cls.made for line in b.payments.splitlines())
        cls.coupons = columns([b.coupon for b in cls.made if b.coupon] + list(bookings.unredeemed(cls.world)))
        cls.members = columns(rental.members(cls.world, 0, cls.world.member_ids))
        cls.zones, cls.cars = columns(rental.zones(cls.world)), columns(rental.cars(cls.world))

    def test_same_seed_and_scale_give_the_rows_they_have_always_given(self):
        # a change here changes everybody's data: wanted only together with a change of the generator
        self.assertEqual(of_generated(7, SCALE), {
            "zones": "2c06ee71ebbc82f2",
            "cars": "331918b676ed4117",
            "members": "3527acbb03d5daa9",
            "reservations": "0e4191babbf14a94",
            "payments": "fcfac093f8adc3da",
            "coupons": "76f96cab14ef7188",
        })

    def test_another_process_gives_the_same_rows_and_another_seed_others(self):
        said = subprocess.run(
            [sys.executable, "-m", "company.checksums", "--scale", str(SCALE)],
            cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "1"},
        ).stdout
        self.assertEqual({table: digest for digest, table in map(str.split, said.splitlines())}, of_generated(7, SCALE))
        self.assertFalse(set(of_generated(7, 0.001).values()) & set(of_generated(8, 0.001).values()))

    def test_there_are_as_many_rows_as_the_scale_asks_for(self):
        self.assertEqual(len(self.reservations), 11_000)
        self.assertEqual(len(self.coupons), 800)
        self.assertAlmostEqual(len(self.payments) / 520_000 / SCALE, 1, delta=0.03)
        self.assertEqual([len(self.members), len(self.cars), len(self.zones)], [2400, 160, 12])

    def test_keys_are_unique_and_references_are_met(self):
        for rows in (self.reservations, self.payments, self.coupons, self.members, self.zones, self.cars):
            self.assertEqual(len({row[0] for row in rows}), len(rows))
        for key in (1, 2):  # plate, vin
            self.assertEqual(len({row[key] for row in self.cars}), len(self.cars))
        members, cars, zones = ({row[0] for row in rows} for rows in (self.members, self.cars, self.zones))
        for row in self.reservations:
            self.assertIn(row[2], members)
            self.assertIn(row[3], cars)
            self.assertIn(row[4], zones)
            self.assertIn(row[5], zones | {r"\N"})
        redeemed = {row[4] for row in self.payments} - {r"\N"}
        self.assertLessEqual(redeemed, {row[0] for row in self.coupons})
        self.assertGreater(len(redeemed), 400)

    def test_a_payment_is_the_fare_less_the_discount(self):
        fares = {row[0]: Decimal(row[14]) - (Decimal(row[15]) if row[15] != r"\N" else 0) for row in self.reservations}
        for row in self.payments:
            self.assertEqual(Decimal(row[7]), fares[row[2]], row)
            self.assertEqual(row[8] == r"\N", row[6] != "REFUNDED", row)

    def test_nothing_happens_after_the_books_close(self):
        close = clock.text(rental.CLOSE)
        for rows, when in ((self.reservations, -1), (self.payments, -1), (self.coupons, -1), (self.members, -1), (self.cars, -1), (self.zones, -1)):
            self.assertLessEqual(max(row[when] for row in rows), close + "+01")

    def test_evenings_and_weekends_are_busy_and_some_cars_are_hot(self):
        hours = Counter((int(row[18][11:13]) + 9) % 24 for row in self.reservations)
        self.assertGreater(hours[19], 10 * hours[3])
        cars = Counter(row[3] for row in self.reservations)
        hot = sum(n for _, n in cars.most_common(len(self.cars) // 10))
        self.assertGreater(hot, len(self.reservations) // 4)

    def test_every_state_and_every_null_occurs(self):
        self.assertEqual({row[6] for row in self.reservations}, {"DRAFT", "BOOKED", "IN_USE", "RETURNED", "CANCELLED"})
        self.assertEqual({row[6] for row in self.payments}, {"PAID", "FAILED", "REFUNDED"})
        for rows, nullable in ((self.reservations, (5, 11, 13, 15, 17)), (self.payments, (4, 8, 13, 14)), (self.coupons, (6, 10, 12, 13)),
                               (self.members, (4, 5, 7, 8, 9, 11)), (self.cars, (9, 13)), (self.zones, (3, 8, 9))):
            for column in nullable:
                share = sum(row[column] == r"\N" for row in rows) / len(rows)
                self.assertTrue(0 < share < 1, (rows[0], column, share))

    def test_a_later_day_goes_on_where_the_day_before_ended(self):
        first, second = Book.of_day(self.world, 1), Book.of_day(self.world, 2)
        self.assertEqual(first.first_id, self.world.reservations + 1)
        self.assertEqual(second.first_id, first.first_id + first.count)
        rows = columns(b.reservation for b in bookings.bookings(self.world, second, 0, second.count))
        self.assertEqual([row[0] for row in rows], [str(second.first_id + n) for n in range(second.count)])
        self.assertEqual({clock.day_text(rental.CLOSE + clock.DAY)}, {day(row[18]) for row in rows} - {None})
        again = columns(b.reservation for b in bookings.bookings(self.world, second, 0, second.count))
        self.assertEqual(rows, again)


def day(utc: str) -> str | None:
    """The date in Seoul; None just around midnight, where a minute's disorder may cross the border."""
    hour, minute = (int(utc[11:13]) + 9) % 24, utc[14:16]
    if (hour, minute) in ((23, "59"), (0, "00")):
        return None
    return str((datetime.fromisoformat(utc) + timedelta(hours=9)).date())


if __name__ == "__main__":
    unittest.main()
