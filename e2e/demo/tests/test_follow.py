import unittest
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

_loader = SourceFileLoader("follow", str(Path(__file__).parent.parent / "follow"))
follow = module_from_spec(spec_from_loader("follow", _loader))
_loader.exec_module(follow)


def job(**status):
    return {"status": status}


class FollowTest(unittest.TestCase):
    def test_the_run_id_is_the_one_the_operator_derives(self):
        self.assertEqual(follow.run_id("2026-01-31T10:00:00Z"), "m-d7247182")

    def test_only_the_run_that_was_asked_for_counts(self):
        self.assertEqual(follow.state_of(job(), "m-1")[1], "waiting")
        self.assertEqual(follow.state_of(job(lastRun={"id": "s-9", "result": "Succeeded"}), "m-1")[1], "waiting")
        self.assertEqual(follow.state_of(job(lastRun={"id": "m-1", "result": "Running"}), "m-1"), ("Running", "waiting"))
        self.assertEqual(follow.state_of(job(lastRun={"id": "m-1", "result": "Succeeded", "rows": 1200}), "m-1"), ("Succeeded  1,200 rows", "done"))
        self.assertEqual(follow.state_of(job(lastRun={"id": "m-1", "result": "Failed", "message": "no"}), "m-1"), ("Failed  no", "failed"))

    def test_a_scheduled_run_in_between_hides_nothing(self):
        after = job(lastRun={"id": "s-9", "result": "Running"}, history=[{"id": "s-8", "result": "Failed"}, {"id": "m-1", "result": "Succeeded", "rows": 3}])
        self.assertEqual(follow.state_of(after, "m-1"), ("Succeeded  3 rows", "done"))

    def test_a_mistake_that_only_a_person_can_mend_ends_the_waiting(self):
        stalled = job(conditions=[{"type": "Stalled", "status": "True", "reason": "InvalidSpec", "message": "spec.filter"}])
        self.assertEqual(follow.state_of(stalled, "m-1"), ("Stalled  InvalidSpec: spec.filter", "failed"))


if __name__ == "__main__":
    unittest.main()
