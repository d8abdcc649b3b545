"""The failure catalogue against the code: every reason has an entry, no entry is stale, every message is real."""

import re
from pathlib import Path

from handbook.pages import Page

ENTRY = re.compile(r"^### `(\w+)`$", re.MULTILINE)
LISTED = re.compile(r"\(failures\.md#(\w+)\)")
ALERT = re.compile(r"^\s*-?\s*alert:\s*\"?(\w+)\"?\s*$", re.MULTILINE)
LITERALS = re.compile(r'"(?:[^"\\\n]|\\.)*"(?:\s*\+\s*"(?:[^"\\\n]|\\.)*")*')
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
FAIL = re.compile(r'\bfail \(?(?:printf )?"((?:[^"\\]|\\.)*)"')
PLACEHOLDER = re.compile(r"%(?:,d|[sdq])|\{\}")
STARTUP = "configuration: "
# shorter texts would match anything
SHORTEST = 6
COVERED = 0.7


def problems(root: Path, documents: dict[Path, Page]) -> list[str]:
    page = documents[root / "docs/failures.md"]
    reasons = LISTED.findall(documents[root / "docs/conditions.md"].text)
    alerts = alert_names(root)
    alerts_page = documents.get(root / "docs/alerts.md")
    explained = page.anchors | (alerts_page.anchors if alerts_page else set())
    entries = ENTRY.findall(page.text)
    known = {*reasons, *map(str.lower, alerts)}
    found = [f"alert {name} is explained neither in docs/alerts.md nor in {page.path}" for name in alerts if name.lower() not in explained]
    found += [f"{page.path}: {name} is no reason and no alert any more" for name in entries if name.lower() not in known]
    found += [f"{page.path}: {name} has two entries" for name in set(entries) if entries.count(name) > 1]
    # that every reason has an entry is seen by the links of conditions.md
    texts = code_texts(root)
    found += [
        f"{page.path}: no code says: {example}"
        for example in [*examples(page.text), *rows(page.text, "The operator does not start", STARTUP)]
        if not said(example, texts)
    ]
    refusals = [unescape(text) for path in sorted(root.glob("charts/naru/templates/**/*")) if path.is_file() for text in FAIL.findall(path.read_text())]
    listed = rows(page.text, "Refused by Helm")
    found += [f"{page.path}: the chart does not refuse with: {row}" for row in listed if not said(row, refusals)]
    found += [
        f"{page.path}: the chart's refusal has no row under Refused by Helm: {refusal}"
        for refusal in refusals
        if not any(said(row, [refusal]) for row in listed)
    ]
    found += [
        f"{page.path}: no code warns: {warning}"
        for row in rows(page.text, "Warnings")
        for warning in row.split("`, `")
        if not any(longest_part(warning) in constant for text in texts for constant in PLACEHOLDER.split(text))
    ]
    return found + missing_tests(root, documents)


def missing_tests(root: Path, documents: dict[Path, Page]) -> list[str]:
    """Tests that a page names, as `SomeTest` or `SomeTest.method`, and that do not exist."""
    sources = {it.stem: it for it in root.glob("**/src/test/java/**/*.java")}
    found = []
    for path, page in documents.items():
        for name, method in re.findall(r"`(\w+(?:Test|IT|E2E))(?:[.#](\w+))?`", page.text):
            if name not in sources:
                found.append(f"{path}: {name}: there is no such test")
            elif method and f" {method}(" not in sources[name].read_text(encoding="utf-8"):
                found.append(f"{path}: {name}.{method}: the test has no such method")
    return found


def alert_names(root: Path) -> list[str]:
    files = [it for it in sorted((root / "charts/naru").rglob("*")) if it.suffix in {".yaml", ".yml", ".tpl"}]
    return sorted({name for it in files for name in ALERT.findall(it.read_text())})


def examples(text: str) -> list[str]:
    """The quoted messages under entries of reasons."""
    found = []
    for section in re.split(r"^##+ ", text, flags=re.MULTILINE):
        if section.startswith("`"):
            found += [line[2:].strip() for line in section.splitlines() if line.startswith("> ")]
    return found


def rows(text: str, section: str, prefix: str = "") -> list[str]:
    """First cells of a section's table, without their backticks."""
    match = re.search(rf"^## {re.escape(section)}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if match is None:
        raise ValueError(f"failures.md has no section {section}")
    cells = re.findall(r"^\| `(.*?)` \|", match.group(1), re.MULTILINE)
    return [cell.removeprefix(prefix) for cell in cells]


def code_texts(root: Path) -> list[str]:
    """Texts of the code, with their placeholders; neighbouring literals are one text."""
    found = set()
    for path in root.glob("*/src/main/java/**/*.java"):
        for literals in LITERALS.findall(path.read_text(encoding="utf-8")):
            text = unescape("".join(LITERAL.findall(literals))).removeprefix(STARTUP)
            if constant_length(text) >= SHORTEST:
                found.add(text)
    return sorted(found)


def unescape(literal: str) -> str:
    return re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t"}.get(match.group(1), match.group(1)), literal)


def constant_length(text: str) -> int:
    return len(PLACEHOLDER.sub("", text))


def longest_part(text: str) -> str:
    return max((part.strip() for part in text.split("…")), key=len)


def said(example: str, texts: list[str]) -> bool:
    """Whether the texts of the code, put together, give most of an example."""
    covered = bytearray(len(example))
    for text in texts:
        parts = PLACEHOLDER.split(text.replace("%%", "%"))
        if not any(part.strip() and part in example for part in parts):
            continue
        pattern = ".*?".join(re.escape(part) for part in parts[:-1]) + ((".*?" if parts[-1] else ".*") if len(parts) > 1 else "") + re.escape(parts[-1])
        # a text that is put together with + has one value more before or behind it
        pattern = (r"\S*" if text[0] in " :;," else "") + pattern + (r"\S*" if text[-1] in " :" else "")
        for match in re.finditer(pattern, example):
            covered[match.start() : match.end()] = b"\1" * (match.end() - match.start())
    return sum(covered) >= COVERED * len(example)


