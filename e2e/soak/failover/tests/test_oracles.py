"""The oracles see what they are there to see."""

from __future__ import annotations

import json
import tempfile
import unittest
from pathlib import Path

from failover import oracles
from failover.audit import Audit, Write

A, B = "account-a", "account-b"
IDENTITIES = {A: "operator-a", B: "operator-b"}


def write(user: str, resource: str, name: str, at: float, **more) -> Write:
    fields = {"verb": "patch", "code": 200, "effect": True} | more
    return Write(user=user, resource=resource, name=name, received=at, answered=at + 0.01, **fields)


def lease(holder: str, at: float, user: str = A) -> Write:
    return write(user, "leases", oracles.LEASE, at, holder=holder)


class Requests(unittest.TestCase):
    tokens = {"cars": ["one", "two"]}
    names = [oracles.job_name("cars", token) for token in ("one", "two")]

    def made(self, *names: str) -> list[Write]:
        return [write(A, "jobs", name, 1, verb="create", code=201) for name in names]

    def test_names_are_those_of_the_operator(self):
        self.assertEqual(oracles.job_name("reservations", "one"), "reservations-m-7692c3ad")

    def test_one_job_for_each_request_is_right(self):
        self.assertEqual(oracles.requested_once(self.tokens, self.made(*self.names)), [])

    def test_a_job_made_twice_a_job_missing_and_a_job_too_many_are_found(self):
        found = oracles.requested_once(self.tokens, self.made(self.names[0], self.names[0], "cars-m-00000000"))
        self.assertEqual(len(found), 3, found)

    def test_a_refused_create_made_nothing(self):
        refused = write(B, "jobs", self.names[0], 2, verb="create", code=409)
        self.assertEqual(oracles.requested_once(self.tokens, [*self.made(*self.names), refused]), [])

    def test_an_event_told_twice_is_found(self):
        def events(*reasons: str) -> list[Write]:
            return [write(A, "events", f"e{i}", 1, verb="create", code=201, reason=it) for i, it in enumerate(reasons)]

        told = ["RunRequested", "RunSucceeded"] * 2
        self.assertEqual(oracles.told_once(self.tokens, events(*told), []), [])
        self.assertEqual(len(oracles.told_once(self.tokens, events(*told, "RunSucceeded"), [])), 1)
        self.assertEqual(len(oracles.told_once(self.tokens, events(*told[1:]), [])), 1)

        lost = ['logger=Notices message="event not written" kind=IngestionJob name=cars reason=RunRequested code=-1']
        self.assertEqual(oracles.told_once(self.tokens, events(*told[1:]), lost), [])
        self.assertEqual(oracles.told_once(self.tokens, events(*told), lost), [])
        self.assertEqual(len(oracles.told_once(self.tokens, events(*told[2:]), lost)), 1)


class Overlaps(unittest.TestCase):
    def test_a_write_after_another_took_the_lease_is_found(self):
        writes = [lease("operator-a", 0), write(A, "jobs", "x", 1), lease("operator-b", 20, B), write(A, "jobs", "x", 21)]
        self.assertEqual(oracles.overlaps(IDENTITIES, writes), [("operator-b", writes[3])])

    def test_the_holder_and_everybody_else_may_write(self):
        writes = [lease("operator-a", 0), write(A, "jobs", "x", 1), write("somebody", "jobs", "x", 2)]
        self.assertEqual(oracles.overlaps(IDENTITIES, writes), [])

    def test_nobody_holds_a_lease_that_was_given_back_or_deleted(self):
        gone = write("somebody", "leases", oracles.LEASE, 5, verb="delete")
        changes = oracles.terms([lease("operator-a", 0), lease("", 3), lease("operator-b", 4, B), gone])
        self.assertEqual([holder for _, holder in changes], ["operator-a", "", "operator-b", ""])
        self.assertEqual(oracles.holder_at(changes, 4.5), "operator-b")
        self.assertEqual(oracles.holder_at(changes, 6), "")


class Logs(unittest.TestCase):
    def test_errors_and_refused_rights_are_found_unless_excused(self):
        lines = ["INFO leading", "ERROR oh", "WARN GET: Forbidden!", "ERROR io.fabric8 watch failed, will retry"]
        self.assertEqual(oracles.errors(lines, ()), lines[1:])
        self.assertEqual(oracles.errors(lines, (r"io\.fabric8.*will retry",)), lines[1:3])


class AuditLog(unittest.TestCase):
    def entry(self, version: int, verb: str = "patch") -> str:
        return json.dumps({
            "stage": "ResponseComplete", "verb": verb, "user": {"username": A},
            "objectRef": {"resource": "jobs", "namespace": "rental", "name": "x"},
            "responseStatus": {"code": 200}, "responseObject": {"metadata": {"resourceVersion": str(version)}},
            "requestReceivedTimestamp": "2026-01-01T00:00:00.000001Z", "stageTimestamp": "2026-01-01T00:00:01.000000Z",
        }) + "\n"

    def test_a_write_that_leaves_the_version_as_it_was_changed_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "audit.log")
            file.write_text(self.entry(5) + self.entry(5) + self.entry(6) + '{"half a li')
            audit = Audit(file)
            self.assertEqual([it.effect for it in audit.read()], [True, False, True])
            file.write_text(self.entry(5) + self.entry(5) + self.entry(6) + self.entry(6, "delete"))
            self.assertEqual([it.effect for it in audit.read()], [True])
            self.assertEqual(len(audit.writes), 4)


if __name__ == "__main__":
    unittest.main()
