"""What the checks must find, and must leave alone."""

import tempfile
import unittest
from pathlib import Path

from handbook import catalogue, commands, pages, proofs
from handbook.pages import Block, Page


class Links(unittest.TestCase):
    def test_a_heading_has_the_anchor_that_github_gives_it(self):
        self.assertEqual(pages.slug("`HostUnknown`"), "hostunknown")
        self.assertEqual(pages.slug("1. What's new, in [short](x.md)?"), "1-whats-new-in-short")

    def test_dead_links_and_anchors_are_found_and_others_are_not(self):
        with tempfile.TemporaryDirectory() as folder:
            one, two = Path(folder, "one.md").resolve(), Path(folder, "two.md").resolve()
            two.write_text("# Two\n\n## A part\n\n## A part\n")
            one.write_text(
                "# One\n[a](two.md) [b](two.md#a-part-1) [`c`](#one) [d](https://example.com/x)\n"
                "[gone](three.md) [nowhere](two.md#no-part) `[code](four.md)`\n```\n[in a block](five.md)\n```\n"
            )
            documents = {it: Page.read(it) for it in (one, two)}
            found = pages.dead_links(documents)
        self.assertEqual(len(found), 2, found)
        self.assertIn("three.md", found[0])
        self.assertIn("no-part", found[1])

    def test_a_page_that_the_index_does_not_lead_to_is_found(self):
        folder = Path("/docs")
        texts = {"README.md": "[a](a.md)", "a.md": "[b](b.md#x)", "b.md": "# x", "lost.md": "# lost"}
        documents = {folder / name: Page.parse(folder / name, text) for name, text in texts.items()}
        found = pages.unreachable(folder, documents)
        self.assertEqual(len(found), 1, found)
        self.assertIn("lost.md", found[0])


class Messages(unittest.TestCase):
    TEXTS = ["The host '%s' does not resolve. Check %s.host.", "Table %s exists and %s; its rows would be replaced."]

    def test_a_message_of_the_code_is_known_with_its_values(self):
        self.assertTrue(catalogue.said("The host 'db' does not resolve. Check spec.mysql.host.", self.TEXTS))

    def test_an_invented_one_is_not(self):
        self.assertFalse(catalogue.said("Table a.b.c exists and was created by somebody else.", self.TEXTS))
        self.assertFalse(catalogue.said("The host 'db' does not resolve. Ask the administrator of the name server why.", self.TEXTS))

    def test_neighbouring_literals_are_one_text(self):
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder, "m/src/main/java/A.java")
            source.parent.mkdir(parents=True)
            source.write_text('x("one half and"\n   + " the \\"other\\" half");')
            self.assertEqual(catalogue.code_texts(Path(folder)), ['one half and the "other" half'])


class Proofs(unittest.TestCase):
    def test_a_test_that_is_not_there_is_found(self):
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder, "m/src/test/java/a/CronTest.java")
            source.parent.mkdir(parents=True)
            source.write_text("void itFires() {}")
            page = Page.parse(Path("a.md"), "`CronTest`, `CronTest.itFires`, `CronTest.itSleeps`, `GoneIT`, `GoneITs` and `itFires`")
            found = proofs.problems(Path(folder), {Path("a.md"): page})
        self.assertEqual(len(found), 2, found)
        self.assertIn("CronTest has no test itSleeps", found[0])
        self.assertIn("no test class GoneIT", found[1])


class Commands(unittest.TestCase):
    def test_lines_are_joined_and_transcripts_give_commands_alone(self):
        self.assertEqual(commands.lines(Block(1, "sh", "kubectl get \\\n  pods")), ["kubectl get pods"])
        self.assertEqual(commands.lines(Block(1, "", "$ kubectl get pods\nNAME  READY")), ["kubectl get pods"])

    def test_a_line_is_cut_into_simple_commands(self):
        self.assertEqual(commands.words("a 'b c' | d; e && f"), [["a", "b c"], ["d"], ["e"], ["f"]])

    def test_the_verb_is_found_behind_global_flags(self):
        self.assertEqual(commands.split_verb(["-n", "x", "get", "pods"]), ("get", ["pods"]))


if __name__ == "__main__":
    unittest.main()
