"""Prints every PromQL expression of alert rules and dashboard as "where<TAB>expression".

Dies when an alert lacks what a person needs, when no case shows it firing and no case shows it quiet, or when the
dashboard is not one that Grafana lays out: see the messages.
"""

import json
import pathlib
import re
import sys

from rules import rules

RATE = "$__rate_interval"


def check_rule(name: str, annotations: dict, cases: str, docs: pathlib.Path) -> list[str]:
    wrong = [f"{name} has no {key}" for key in ("summary", "description", "runbook") if not annotations.get(key)]
    anchor = name.lower()
    if annotations.get("runbook") != f"docs/alerts.md#{anchor}":
        wrong.append(f"{name}: the runbook must be docs/alerts.md#{anchor}")
    page = docs / "alerts.md"
    headings = {
        re.sub(r"[^\w -]", "", line.lstrip("#").strip()).lower().replace(" ", "-")
        for line in page.read_text(encoding="utf-8").splitlines()
        if line.startswith("#")
    }
    if anchor not in headings:
        wrong.append(f"docs/alerts.md has no section {name}")
    if not re.search(rf"alertname: {name}\n\s+exp_alerts:", cases):
        wrong.append(f"no case shows {name} firing")
    if not re.search(rf"eval_time: \w+, alertname: {name}}}", cases):
        wrong.append(f"no case shows {name} quiet")
    return wrong


def panels(dashboard: dict):
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


def check_dashboard(dashboard: dict) -> list[str]:
    wrong = [f"the dashboard has no {key}" for key in ("uid", "title", "schemaVersion", "panels") if key not in dashboard]
    taken: dict[tuple[int, int], str] = {}
    ids = set()
    for panel in panels(dashboard):
        title, grid = panel.get("title") or "a panel", panel["gridPos"]
        if panel["id"] in ids:
            wrong.append(f"{title}: its id {panel['id']} is taken")
        ids.add(panel["id"])
        if grid["x"] + grid["w"] > 24:
            wrong.append(f"{title} is wider than the grid of 24")
        for cell in ((x, y) for x in range(grid["x"], grid["x"] + grid["w"]) for y in range(grid["y"], grid["y"] + grid["h"])):
            if cell in taken:
                wrong.append(f"{title} lies over {taken[cell]}")
                break
            taken[cell] = title
        if panel["type"] != "row" and not panel.get("targets"):
            wrong.append(f"{title} asks for nothing")
    return wrong


def main() -> None:
    rules_file, dashboard_file, cases_file, docs = map(pathlib.Path, sys.argv[1:])
    cases = cases_file.read_text(encoding="utf-8")
    dashboard = json.loads(dashboard_file.read_text(encoding="utf-8"))
    wrong = check_dashboard(dashboard)
    for name, _, _, expression, annotations in rules(rules_file.read_text(encoding="utf-8")):
        wrong += check_rule(name, annotations, cases, docs)
        print(f"alert {name}\t{expression}")
    for panel in panels(dashboard):
        for target in panel.get("targets", []):
            print(f"panel {panel['title']}\t{target['expr'].replace(RATE, '5m')}")
    if wrong:
        sys.exit("error: " + "\n       ".join(wrong))


if __name__ == "__main__":
    main()
