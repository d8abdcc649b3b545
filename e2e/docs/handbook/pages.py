"""Markdown pages: headings, links, code blocks; and whether every relative link leads somewhere."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

FENCE = re.compile(r"^ {0,3}(```+|~~~+)\s*(\S*)")
HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.+?)\s*#*$")
LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?([^()\s>]+(?:\([^()]*\))?)>?(?:\s+\"[^\"]*\")?\s*\)")
CODE_SPAN = re.compile(r"`[^`]*`")
HTML_ID = re.compile(r"<a\s+(?:id|name)=\"([^\"]+)\"")


@dataclass(frozen=True)
class Link:
    line: int
    target: str


@dataclass(frozen=True)
class Block:
    """Code: a fenced block, or a span within a line."""

    line: int
    language: str
    text: str


@dataclass(frozen=True)
class Page:
    path: Path
    text: str
    anchors: frozenset[str]
    links: tuple[Link, ...]
    blocks: tuple[Block, ...]
    spans: tuple[Block, ...]

    @staticmethod
    def read(path: Path) -> "Page":
        return Page.parse(path, path.read_text(encoding="utf-8"))

    @staticmethod
    def parse(path: Path, text: str) -> "Page":
        anchors: list[str] = []
        links: list[Link] = []
        blocks: list[Block] = []
        spans: list[Block] = []
        fence, language, begin, inside = "", "", 0, []
        for number, line in enumerate(text.splitlines(), start=1):
            mark = FENCE.match(line)
            if fence:
                if mark and mark.group(1).startswith(fence):
                    blocks.append(Block(begin, language, "\n".join(inside)))
                    fence = ""
                else:
                    inside.append(line)
                continue
            if mark:
                fence, language, begin, inside = mark.group(1), mark.group(2), number, []
                continue
            heading = HEADING.match(line)
            if heading:
                anchors.append(unique(slug(heading.group(2)), anchors))
            anchors.extend(HTML_ID.findall(line))
            spans.extend(Block(number, "", span[1:-1]) for span in CODE_SPAN.findall(line))
            links.extend(Link(number, match.group(1)) for match in LINK.finditer(without_code(line)))
        return Page(path, text, frozenset(anchors), tuple(links), tuple(blocks), tuple(spans))


def without_code(line: str) -> str:
    """The line with empty code spans: what stands in them is no link, but a link may wrap one."""
    return CODE_SPAN.sub("``", line)


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
    return re.sub(r"[^\w\- ]", "", text).strip().replace(" ", "-")


def unique(anchor: str, taken: list[str]) -> str:
    if anchor not in taken:
        return anchor
    number = 1
    while f"{anchor}-{number}" in taken:
        number += 1
    return f"{anchor}-{number}"


def dead_links(documents: dict[Path, Page]) -> list[str]:
    """Relative links to files that do not exist or headings that a page does not have."""
    problems = []
    for path, page in documents.items():
        for link in page.links:
            if re.match(r"[a-z][a-z0-9+.-]*:", link.target):
                continue
            name, _, anchor = unquote(link.target).partition("#")
            target = (path.parent / name).resolve() if name else path
            if not target.exists():
                problems.append(f"{path}:{link.line}: {link.target}: there is no {target}")
            elif anchor and target in documents and anchor not in documents[target].anchors:
                near = ", ".join(sorted(it for it in documents[target].anchors if it[:4] == anchor[:4]))
                problems.append(f"{path}:{link.line}: {link.target}: no such heading; there is: {near or 'none like it'}")
    return problems


def unreachable(folder: Path, documents: dict[Path, Page]) -> list[str]:
    """Pages of the handbook that its index does not lead to."""
    index = folder / "README.md"
    if index not in documents:
        return [f"{index}: the index of the handbook is missing"]
    reached, waiting = {index}, [index]
    while waiting:
        page = documents[waiting.pop()]
        for link in page.links:
            target = (page.path.parent / link.target.partition("#")[0]).resolve()
            if target.is_dir():
                found = [it for it in documents if it.parent == target]
            else:
                found = [target] if target in documents else []
            waiting.extend(it for it in found if it not in reached)
            reached.update(found)
    return [f"{path}: no page of the handbook leads here; begin at {index}" for path in documents if folder in path.parents and path not in reached]
