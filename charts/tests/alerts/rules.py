"""Reads the chart's alert rules, as far as their one shape goes; promtool checks the shape."""

import re


def rules(text: str):
    """Alert by alert: name, severity, how long it has to hold, expression, annotations by key."""
    for block in re.split(r"^ {6}- alert: ", text, flags=re.M)[1:]:
        name = block.split("\n", 1)[0].strip()
        annotations = {
            key: _scalar(block, 10, key) for key in ("summary", "description", "runbook") if _scalar(block, 10, key)
        }
        severity = re.search(r"severity: (\w+)", block)[1]
        yield name, severity, f"after {hold}" if (hold := _scalar(block, 8, "for")) else "at once", _scalar(block, 8, "expr"), annotations


def _scalar(block: str, indent: int, key: str) -> str | None:
    folded = re.search(rf"^ {{{indent}}}{key}: >-\n((?: {{{indent + 2}}}.*\n?)+)", block, flags=re.M)
    if folded:
        return " ".join(folded[1].split())
    plain = re.search(rf"^ {{{indent}}}{key}: (?!>-)(.+)$", block, flags=re.M)
    return plain[1].strip().strip("'") if plain else None
