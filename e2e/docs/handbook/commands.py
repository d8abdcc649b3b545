"""The commands of the documentation: kinds, flags, values, targets and files they name exist."""

import json
import re
import shlex
import subprocess
from functools import cache
from pathlib import Path

from handbook.pages import Block, Page

SHELL = {"", "sh", "bash", "shell", "console"}
# what the documentation names besides our own kinds
BUILT_IN = {
    "all", "configmap", "configmaps", "cronjob", "cronjobs", "crd", "deployment", "deployments", "event", "events", "job", "jobs", "lease", "leases",
    "namespace", "namespaces", "networkpolicy", "networkpolicies", "node", "nodes", "pod", "pods", "role", "rolebinding", "clusterrole",
    "clusterrolebinding", "secret", "secrets", "service", "services", "serviceaccount", "serviceaccounts", "application", "applications",
    "externalsecret", "pdb", "prometheusrule", "servicemonitor",
}
KIND_VERBS = {"get", "describe", "delete", "annotate", "label", "patch", "explain", "edit", "wait"}
# their value is a word of its own
WITH_VALUE = {
    "-n", "--namespace", "--context", "-o", "--output", "-l", "--selector", "-f", "--filename", "-k", "--field-selector", "-c", "--container", "-p",
    "--patch", "--type", "--for", "--timeout", "--tail", "--since", "--sort-by", "-a",
}
WITH_SUBCOMMAND = {"create", "rollout", "auth", "config", "set", "top", "repo", "registry", "show"}
PLACE = re.compile(r"\b[A-Z]{3,}\b")  # stands for something, as in e2e/soak/NAME
FILE = re.compile(r"^(?:charts|crds|docs|e2e|operator|samples|worker)/[\w./-]+$")


def problems(root: Path, documents: dict[Path, Page], tools: dict[str, str]) -> list[str]:
    checker = Checker(root, tools)
    found = []
    for path, page in documents.items():
        for block in (*page.blocks, *page.spans):
            if block.language in SHELL:
                found += [f"{path}:{block.line}: {problem}" for line in lines(block) for problem in checker.problems(line)]
    return found


def lines(block: Block) -> list[str]:
    """The commands of a block: continued lines joined; in a transcript those behind a $ only."""
    joined = re.sub(r"\s*\\\n\s*", " ", block.text).splitlines()
    transcript = any(line.startswith("$ ") for line in joined)
    return [line.removeprefix("$ ") for line in joined if not transcript or line.startswith("$ ")]


def words(line: str) -> list[list[str]]:
    """The simple commands of a line, as words."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|;&()")
    lexer.whitespace_split = True
    found: list[list[str]] = [[]]
    try:
        for word in lexer:
            if re.fullmatch(r"[|;&()]+", word):
                found.append([])
            else:
                found[-1].append(word)
    except ValueError:
        return []  # a here-document's text, an apostrophe of prose
    return [command for command in found if command]


class Checker:
    def __init__(self, root: Path, tools: dict[str, str]):
        self.root = root
        self.tools = tools
        self.kinds = BUILT_IN | own_kinds(root)
        self.targets = set(re.findall(r"^([a-z0-9-]+):", (root / "Makefile").read_text(), re.MULTILINE))
        self.schema = json.loads((root / "charts/naru/values.schema.json").read_text())

    def problems(self, line: str) -> list[str]:
        found = []
        for command in words(line):
            while command and re.match(r"^\w+=", command[0]):
                command = command[1:]  # variables set for the command
            match command:
                case ["kubectl", *rest]:
                    found += self.kubectl(rest)
                case ["helm", *rest]:
                    found += self.helm(rest)
                case ["make", *rest]:
                    found += [f"make {it}: the Makefile has no such target" for it in rest if re.fullmatch(r"[a-z0-9-]+", it) and it not in self.targets]
            found += [f"{word}: there is no such file" for word in command if FILE.match(word) and not PLACE.search(word) and not (self.root / word).exists()]
        return found

    def kubectl(self, arguments: list[str]) -> list[str]:
        verb, rest = split_verb(arguments)
        if not re.fullmatch(r"[a-z-]+", verb):
            return []
        found = self.flags("kubectl", verb, rest, arguments)
        if verb in KIND_VERBS:
            kinds = split_verb(rest)[0]
            for kind in kinds.split(","):
                name = re.split(r"[./]", kind)[0]
                if name and re.fullmatch(r"[a-z]+", name) and name not in self.kinds:
                    found.append(f"kubectl {verb} {kind}: unknown kind")
        return found

    def helm(self, arguments: list[str]) -> list[str]:
        verb, rest = split_verb(arguments)
        if not re.fullmatch(r"[a-z-]+", verb):
            return []
        found = self.flags("helm", verb, rest, arguments)
        for flag, value in zip(arguments, arguments[1:]):
            if flag in {"--set", "--set-string"}:
                found += [f"helm {flag} {it}: the chart has no such value" for it in value.split(",") if not self.has_value(it.partition("=")[0])]
        return found

    def has_value(self, key: str) -> bool:
        schema = self.schema
        for part in re.split(r"(?<!\\)\.", key):
            name = part.partition("[")[0]
            if name in schema.get("properties", {}):
                schema = schema["properties"][name]
            elif schema.get("additionalProperties") is False or not schema.get("type", "object") == "object":
                return False
            else:
                return True  # a free map, such as annotations
        return True

    def flags(self, tool: str, verb: str, rest: list[str], arguments: list[str]) -> list[str]:
        known = help_flags(self.tools[tool], verb, *subcommands(verb, rest))
        given = [it.partition("=")[0] for it in arguments[: arguments.index("--") if "--" in arguments else None] if re.match(r"^--?[a-z]", it)]
        return [f"{tool} {verb} has no flag {flag}" for flag in given if known and flag not in known]


def split_verb(arguments: list[str]) -> tuple[str, list[str]]:
    """The first word that is no flag and no flag's value, and what follows it."""
    index = 0
    while index < len(arguments) and arguments[index].startswith("-"):
        index += 2 if arguments[index] in WITH_VALUE else 1
    return (arguments[index], arguments[index + 1 :]) if index < len(arguments) else ("", [])


def subcommands(verb: str, rest: list[str]) -> list[str]:
    """What may belong to the verb, as in create secret generic; a name too much does no harm to the help."""
    if verb not in WITH_SUBCOMMAND:
        return []
    first, more = split_verb(rest)
    return [it for it in (first, split_verb(more)[0]) if re.fullmatch("[a-z-]+", it)]


def own_kinds(root: Path) -> set[str]:
    found = {"naru"}
    for path in root.glob("crds/*.yaml"):
        names = re.search(r"^  names:\n((?:    .*\n)+)", path.read_text(), re.MULTILINE)
        if names is None:
            raise ValueError(f"{path} has no names")
        found |= set(re.findall(r"(?:plural|singular|kind|- )\W*(\w+)", names.group(1).replace("categories", "")))
    return found | {it.lower() for it in found}


@cache
def help_flags(tool: str, verb: str, *more: str) -> frozenset[str]:
    """Flags of a command, those of every command included; empty when there is no such command."""
    texts = [run(tool, verb, *more, "--help")]
    if texts[0] and Path(tool).name.startswith("kubectl"):
        texts.append(run(tool, "options"))
    found = {flag for text in texts for flag in re.findall(r"(?<![\w-])--?[a-z][\w-]*", text)}
    return frozenset(found)


@cache
def run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True).stdout
