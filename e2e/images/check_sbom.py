"""check_sbom ROOT MODULE BOM: the bill of materials is valid, is the one in the image, and lists what the image holds, no more."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator


def jars(root: Path) -> set[str]:
    return {path.name for path in (root / "app").rglob("*.jar")}


def listed_jars(bom: dict) -> set[str]:
    maven = [it for it in bom["components"] if it["purl"].startswith("pkg:maven/")]
    return {f"{it['name']}-{it['version']}.jar" for it in maven}


def packages(root: Path) -> set[str]:
    records = (path.read_text() for path in (root / "var/lib/dpkg/status.d").iterdir())
    return {" ".join(re.search(rf"^{field}: (.*)$", it, re.M)[1] for field in ("Package", "Version")) for it in records}


def listed_packages(bom: dict) -> set[str]:
    return {f"{it['name']} {it['version']}" for it in bom["components"] if it["purl"].startswith("pkg:deb/")}


def equal(what: str, held: set[str], listed: set[str]) -> None:
    if held != listed:
        sys.exit(f"{what}: in the image but not listed: {sorted(held - listed)}; listed but not in the image: {sorted(listed - held)}")


def main() -> None:
    root, module, bom = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    text = bom.read_text()
    document = json.loads(text)
    wrong = JsonStrictValidator(SchemaVersion.from_version(document["specVersion"])).validate_str(text)
    if wrong:
        sys.exit(f"{bom} is not valid CycloneDX {document['specVersion']}: {wrong}")
    if (root / "sbom" / bom.name).read_text() != text:
        sys.exit(f"the image holds another bill of materials than {bom}")
    equal("jars", jars(root), listed_jars(document))
    equal("Debian packages", packages(root), listed_packages(document))
    release = re.search('^JAVA_RUNTIME_VERSION="(.*)"$', (root / "opt/jre/release").read_text(), re.M)[1]
    equal("Java", {release}, {it["version"] for it in document["components"] if it["name"] == "openjdk"})
    if document["metadata"]["component"]["name"] != f"naru-{module}":
        sys.exit(f"{bom} describes {document['metadata']['component']['name']}")
    print(f"  {len(document['components'])} components, CycloneDX {document['specVersion']}")


if __name__ == "__main__":
    main()
