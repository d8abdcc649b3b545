"""Prints what is wrong with the documentation; exit code 1 when something is."""

import argparse
import subprocess
import sys
from pathlib import Path

from handbook import catalogue, commands, pages, proofs


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--kubectl", required=True)
    arguments.add_argument("--helm", required=True)
    options = arguments.parse_args()
    root = Path.cwd()
    files = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"],
        check=True, capture_output=True, text=True,
    ).stdout.split("\0")
    documents = {root / name: pages.Page.read(root / name) for name in sorted(set(files)) if name and (root / name).exists()}
    tools = {"kubectl": options.kubectl, "helm": options.helm}
    problems = [
        *pages.dead_links(documents),
        *pages.unreachable(root / "docs", documents),
        *catalogue.problems(root, documents),
        *commands.problems(root, documents, tools),
        *proofs.problems(root, documents),
    ]
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"docs: {len(documents)} pages, {len(problems)} problems", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
