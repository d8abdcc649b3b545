"""The tests that the documentation names exist."""

import re
from pathlib import Path

from handbook.pages import Page

TEST = re.compile(r"([A-Z]\w*(?:Test|IT|E2E))(?:\.(\w+))?")


def problems(root: Path, documents: dict[Path, Page]) -> list[str]:
    modules = ("*", "*/*")
    classes = {path.stem: path for module in modules for path in root.glob(f"{module}/src/test/java/**/*.java")}
    found = []
    for path, page in documents.items():
        for span in page.spans:
            if named := TEST.fullmatch(span.text):
                if problem := unknown(classes, *named.groups()):
                    found.append(f"{path}:{span.line}: {problem}")
    return found


def unknown(classes: dict[str, Path], name: str, method: str | None) -> str | None:
    if name not in classes:
        return f"there is no test class {name}"
    if method and not re.search(rf"\bvoid {method}\(", classes[name].read_text()):
        return f"{name} has no test {method}"
    return None
