#!/usr/bin/env python3
"""Checks this repository as Argo CD will see it, before anybody merges it.

checks/check.py                      everything that needs no cluster; the commit hook runs this
checks/check.py --cluster CONTEXT    also asks an API server, in a dry run: rules between fields, which no schema holds.
                                     Give it a throw-away cluster with Naru's resource definitions (CI makes one with
                                     kind); it creates the namespaces there.

Needs Python 3.9 with PyYAML, kustomize and kubeconform; with --cluster kubectl.
Each line of output is one thing to mend: where, what is wrong, what to do. Exit code 1 when there is one.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
SCHEMAS = ROOT / "schemas"

# what each folder may hold, as the AppProjects in argocd/base/projects.yaml permit it
PLATFORM_KINDS = {"Namespace", "Warehouse", "WorkloadTemplate"}
TEAM_KINDS = {"Connection", "IngestionJob", "ExternalSecret"}
ARGOCD_KINDS = {"AppProject", "Application"}
# kinds of others, whose schemas are not kept here
WITHOUT_SCHEMA = "Namespace,AppProject,Application,ExternalSecret"

PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
URL_WITH_PASSWORD = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/:@\"']+:[^\s/@\"']+@")


class Findings:
    def __init__(self):
        self.lines = []

    def add(self, where, wrong, remedy):
        self.lines.append(f"{where}: {wrong}. {remedy}")


def run(*command, text=None):
    try:
        return subprocess.run(command, input=text, capture_output=True, text=True, cwd=ROOT)
    except FileNotFoundError:
        sys.exit(f"{command[0]} is not on the PATH; README.md says where to get it")


def units():
    """The folders that Applications point to."""
    return sorted(
        path.parent.relative_to(ROOT)
        for pattern in ("argocd/*/kustomization.yaml", "platform/*/kustomization.yaml", "teams/*/*/kustomization.yaml")
        for path in ROOT.glob(pattern)
        if path.parent.name != "base"
    )


def rendered(unit, findings):
    """What kustomize makes of a folder, as text and as documents."""
    built = run("kustomize", "build", str(unit))
    if built.returncode != 0:
        findings.add(unit, built.stderr.strip().removeprefix("Error: "), "Mend it until this passes: kustomize build " + str(unit))
        return "", []
    return built.stdout, [document for document in yaml.safe_load_all(built.stdout) if document]


def name(document):
    return f"{document.get('kind')} {document.get('metadata', {}).get('name')}"


def check_schemas(unit, text, findings):
    result = run(
        "kubeconform", "-strict", "-skip", WITHOUT_SCHEMA, "-output", "json",
        "-schema-location", str(SCHEMAS) + "/{{ .Group }}/{{ .ResourceKind }}_{{ .ResourceAPIVersion }}.json",
        text=text,
    )
    if not result.stdout:
        findings.add(unit, result.stderr.strip(), "kubeconform could not read it")
        return
    for resource in yaml.safe_load(result.stdout).get("resources") or []:
        where = f"{unit}: {resource['kind']} {resource['name']}"
        if resource["status"] == "statusError":
            findings.add(where, resource["msg"], "Is kind or apiVersion misspelt? The kinds are in schemas/")
        for error in resource.get("validationErrors") or []:
            path = error["path"].strip("/").replace("/", ".") or "the document"
            findings.add(where, f"{path}: {error['msg']}", f"kubectl explain {resource['kind'].lower()} tells the fields")


def check_placement(unit, documents, findings):
    area = unit.parts[0]
    team = unit.parts[1] if area == "teams" else None
    allowed = {"argocd": ARGOCD_KINDS, "platform": PLATFORM_KINDS, "teams": TEAM_KINDS}[area]
    for document in documents:
        kind, namespace = document.get("kind"), document.get("metadata", {}).get("namespace")
        if kind == "Secret":
            continue
        if kind not in allowed:
            findings.add(
                f"{unit}: {name(document)}",
                f"{area}/ may hold {', '.join(sorted(allowed))}, not {kind}",
                "Argo CD would refuse it too (argocd/base/projects.yaml); ask those who own the other folder",
            )
        if team and namespace != team:
            findings.add(
                f"{unit}: {name(document)}",
                f"metadata.namespace is {namespace!r}, and teams/{team} may write into the namespace {team} only",
                f"Write namespace: {team} into the kustomization",
            )


def check_secrets(unit, documents, findings):
    for document in documents:
        if document.get("kind") == "Secret":
            findings.add(
                f"{unit}: {name(document)}",
                "a Secret stands in Git, and whoever reads the repository reads it",
                "Remove it, change the password, and let the External Secrets Operator put it into the namespace",
            )


def check_targets(unit, documents, findings):
    """Two jobs that write one table would replace each other's rows."""
    seen = {}
    for document in documents:
        if document.get("kind") != "IngestionJob":
            continue
        destination = (document.get("spec") or {}).get("destination") or {}
        target = ((destination.get("warehouseRef") or {}).get("name"), destination.get("dataset"), destination.get("table"))
        if target in seen:
            findings.add(
                f"{unit}: {name(document)}",
                f"spec.destination is {target[1]}.{target[2]} of Warehouse {target[0]}, as of {seen[target]}",
                "Give one of them another table",
            )
        seen.setdefault(target, name(document))


def check_files(findings):
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    if listed.returncode != 0:
        sys.exit(f"{ROOT} is no Git repository: {listed.stderr.strip()}")
    for file in filter(None, listed.stdout.split("\0")):
        path = ROOT / file
        if not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if path.suffix in (".yaml", ".yml"):
            try:
                list(yaml.safe_load_all(text))
            except yaml.YAMLError as error:
                findings.add(file, "not YAML: " + " ".join(str(error).split()), "Mend the line it names")
        for number, line in enumerate(text.splitlines(), 1):
            if PRIVATE_KEY.search(line):
                findings.add(f"{file}:{number}", "a private key stands in Git", "Remove it and replace the key pair")
            if URL_WITH_PASSWORD.search(line):
                findings.add(f"{file}:{number}", "an address holds a password", "Keep it in a Secret outside of Git")


def check_orphans(findings):
    """A file that no kustomization names is never applied, which its author does not notice."""
    for kustomization in ROOT.glob("**/kustomization.yaml"):
        try:
            content = yaml.safe_load(kustomization.read_text(encoding="utf-8")) or {}
        except yaml.YAMLError:
            continue
        folder = kustomization.parent
        named = {(folder / entry).resolve() for entry in content.get("resources") or []}
        named |= {(folder / patch["path"]).resolve() for patch in content.get("patches") or [] if "path" in patch}
        for file in folder.rglob("*.yaml"):
            owner = next(parent for parent in file.parents if (parent / "kustomization.yaml").exists())
            if owner == folder and file != kustomization and file.name != "root.yaml" and file.resolve() not in named:
                findings.add(
                    file.relative_to(ROOT),
                    f"{kustomization.relative_to(ROOT)} does not name it, so it is never applied",
                    "Add it to resources there, or remove the file",
                )


def check_cluster(context, texts, findings):
    kubectl = ("kubectl", "--context", context)
    namespaces = {
        document["metadata"]["name"]
        for unit, (_, documents) in texts.items()
        for document in documents
        if document.get("kind") == "Namespace"
    }
    for namespace in sorted(namespaces):
        run(*kubectl, "create", "namespace", namespace)
    for unit, (text, _) in texts.items():
        # Argo CD's own kinds are not in a throw-away cluster
        if unit.parts[0] == "argocd" or not text:
            continue
        result = run(*kubectl, "apply", "--server-side", "--dry-run=server", "-f", "-", text=text)
        if result.returncode != 0:
            for line in result.stderr.strip().splitlines():
                findings.add(unit, line.strip().removesuffix("."), "The API server would refuse the sync with the same words")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cluster", metavar="CONTEXT")
    arguments = parser.parse_args()
    findings = Findings()
    texts = {}
    for unit in units():
        texts[unit] = rendered(unit, findings)
        text, documents = texts[unit]
        if documents:
            check_secrets(unit, documents, findings)
            check_placement(unit, documents, findings)
            check_targets(unit, documents, findings)
            check_schemas(unit, text, findings)
    check_orphans(findings)
    check_files(findings)
    if arguments.cluster and not findings.lines:
        check_cluster(arguments.cluster, texts, findings)
    for line in findings.lines:
        print(line)
    if findings.lines:
        sys.exit(1)
    print(f"{len(texts)} folders are as Argo CD can take them: {', '.join(map(str, texts))}")


if __name__ == "__main__":
    main()
