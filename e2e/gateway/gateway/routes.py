"""From the cluster's objects to what is to be forwarded where, and what is to be told about it. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

CONTROLLER = "naru.dev/test-gateway"
SUPPORTED = {
    "HTTPRoute": {"path", "headers"},
    "GRPCRoute": {"method", "headers"},
}


@dataclass(frozen=True)
class Backend:
    """A share of requests, and the pods that get it; None when the reference leads nowhere."""

    name: str
    weight: int
    servers: tuple[str, ...] | None


@dataclass(frozen=True)
class Match:
    """What a request must be like; empty matches all."""

    exact: str = ""
    prefix: str = ""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Rule:
    """Requests that any of its matches takes."""

    name: str
    grpc: bool
    hostnames: tuple[str, ...]
    matches: tuple[Match, ...]
    backends: tuple[Backend, ...]


@dataclass(frozen=True)
class Listener:
    """A port of this machine and its rules, the most specific first."""

    port: int
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Told:
    """The status that an object is to have."""

    path: str
    uid: str
    status: dict


def condition(kind: str, holds: bool, reason: str, message: str, generation: int) -> dict:
    return {
        "type": kind,
        "status": "True" if holds else "False",
        "reason": reason,
        "message": message,
        "observedGeneration": generation,
    }


class Cluster:
    """A picture of the objects that matter."""

    def __init__(
        self,
        classes: Sequence[dict],
        gateways: Sequence[dict],
        routes: Sequence[dict],
        services: Sequence[dict],
        slices: Sequence[dict],
    ) -> None:
        self.classes = [it for it in classes if it["spec"]["controllerName"] == CONTROLLER]
        names = {it["metadata"]["name"] for it in self.classes}
        self.gateways = [it for it in gateways if it["spec"]["gatewayClassName"] in names]
        self.routes = sorted(routes, key=lambda it: (it["metadata"]["creationTimestamp"], key(it)))
        self.services = {key(it): it for it in services}
        self.slices = slices

    def attached(self, route: dict) -> Iterable[tuple[dict, dict, list[dict]]]:
        """The parents of a route that are ours: reference, gateway, its listeners that the reference names."""
        for reference in route["spec"].get("parentRefs", []):
            for gateway in self.gateways:
                at = (reference.get("namespace", route["metadata"]["namespace"]), reference["name"])
                if reference.get("kind", "Gateway") == "Gateway" and at == key(gateway):
                    yield reference, gateway, [it for it in gateway["spec"]["listeners"] if takes(it, reference, route, gateway)]

    def backend(self, route: dict, reference: dict) -> Backend:
        namespace = route["metadata"]["namespace"]
        name = f"{namespace}.{reference['name']}.{reference.get('port')}"
        weight = reference.get("weight", 1)
        service = self.services.get((namespace, reference["name"]))
        if reference.get("kind", "Service") != "Service" or reference.get("namespace", namespace) != namespace or service is None:
            return Backend(name, weight, None)
        port = next((it for it in service["spec"].get("ports", []) if it["port"] == reference.get("port")), None)
        return Backend(name, weight, self.servers(namespace, reference["name"], port.get("name", "")) if port else None)

    def servers(self, namespace: str, service: str, port_name: str) -> tuple[str, ...]:
        """Ready addresses, with the port that the Service's port leads to."""
        found = set()
        for it in self.slices:
            meta = it["metadata"]
            if meta["namespace"] != namespace or meta.get("labels", {}).get("kubernetes.io/service-name") != service:
                continue
            for port in it.get("ports") or []:
                if (port.get("name") or "") == port_name:
                    found |= {
                        f"{address}:{port['port']}"
                        for endpoint in it.get("endpoints") or []
                        if endpoint.get("conditions", {}).get("ready") is not False
                        for address in endpoint["addresses"]
                    }
        return tuple(sorted(found))

    def listeners(self) -> list[Listener]:
        ports: dict[int, list[Rule]] = {it["port"]: [] for gateway in self.gateways for it in gateway["spec"]["listeners"]}
        for route in self.routes:
            if unsupported(route):
                continue
            for _, _, listeners in self.attached(route):
                for listener in listeners:
                    ports[listener["port"]] += self.rules(route)
        return [Listener(port, tuple(sorted(rules, key=specificity, reverse=True))) for port, rules in sorted(ports.items())]

    def rules(self, route: dict) -> list[Rule]:
        grpc = route["kind"] == "GRPCRoute"
        namespace, name = key(route)
        return [
            Rule(
                f"{route['kind'].lower()}.{namespace}.{name}.{number}",
                grpc,
                tuple(route["spec"].get("hostnames", [])),
                tuple(match(it, grpc) for it in rule.get("matches") or [{}]),
                tuple(self.backend(route, it) for it in rule.get("backendRefs", [])),
            )
            for number, rule in enumerate(route["spec"].get("rules", []))
        ]

    def told(self) -> list[Told]:
        said = []
        for it in self.classes:
            accepted = condition("Accepted", True, "Accepted", "driven by haproxy", it["metadata"]["generation"])
            said.append(Told(f"gatewayclasses/{it['metadata']['name']}", it["metadata"]["uid"], {"conditions": [accepted]}))
        for it in self.gateways:
            said.append(Told(path("gateways", it), it["metadata"]["uid"], self.gateway_status(it)))
        for route in self.routes:
            parents = [self.parent_status(route, *it) for it in self.attached(route)]
            others = [it for it in route.get("status", {}).get("parents", []) if it["controllerName"] != CONTROLLER]
            if parents or len(others) < len(route.get("status", {}).get("parents", [])):
                said.append(Told(path(route["kind"].lower() + "s", route), route["metadata"]["uid"], {"parents": others + parents}))
        return said

    def gateway_status(self, gateway: dict) -> dict:
        generation = gateway["metadata"]["generation"]

        def fine(kind: str) -> dict:
            return condition(kind, True, kind, "haproxy listens on 127.0.0.1", generation)

        listeners = []
        for it in gateway["spec"]["listeners"]:
            attached = [route for route in self.routes for _, owner, taken in self.attached(route) if owner is gateway and it in taken]
            listeners.append(
                {
                    "name": it["name"],
                    "attachedRoutes": len(attached),
                    "supportedKinds": [{"group": "gateway.networking.k8s.io", "kind": kind} for kind in SUPPORTED],
                    "conditions": [fine("Accepted"), fine("Programmed"), condition("ResolvedRefs", True, "ResolvedRefs", "there are none", generation)],
                }
            )
        return {
            "addresses": [{"type": "IPAddress", "value": "127.0.0.1"}],
            "conditions": [fine("Accepted"), fine("Programmed")],
            "listeners": listeners,
        }

    def parent_status(self, route: dict, reference: dict, gateway: dict, listeners: list[dict]) -> dict:
        generation = route["metadata"]["generation"]
        lacking = unsupported(route)
        if not listeners:
            accepted = condition("Accepted", False, "NoMatchingParent", f"Gateway {gateway['metadata']['name']} has no listener for it", generation)
        elif lacking:
            accepted = condition("Accepted", False, "UnsupportedValue", f"this test gateway does not know {lacking}", generation)
        else:
            accepted = condition("Accepted", True, "Accepted", "haproxy forwards it", generation)
        missing = [it.name for rule in self.rules(route) for it in rule.backends if it.servers is None]
        resolved = condition("ResolvedRefs", True, "ResolvedRefs", "all Services are there", generation)
        if missing:
            resolved = condition("ResolvedRefs", False, "BackendNotFound", f"there is no {missing[0]}", generation)
        return {"parentRef": reference, "controllerName": CONTROLLER, "conditions": [accepted, resolved]}


def key(thing: dict) -> tuple[str, str]:
    return thing["metadata"].get("namespace", ""), thing["metadata"]["name"]


def path(plural: str, thing: dict) -> str:
    namespace, name = key(thing)
    return f"namespaces/{namespace}/{plural}/{name}"


def takes(listener: dict, reference: dict, route: dict, gateway: dict) -> bool:
    if listener["protocol"] != "HTTP" or reference.get("sectionName", listener["name"]) != listener["name"]:
        return False
    allowed = listener.get("allowedRoutes", {}).get("namespaces", {}).get("from", "Same")
    return allowed == "All" or route["metadata"]["namespace"] == gateway["metadata"]["namespace"]


def unsupported(route: dict) -> str:
    """What a route asks for that this gateway cannot do."""
    for rule in route["spec"].get("rules", []):
        if rule.get("filters") or any(it.get("filters") for it in rule.get("backendRefs", [])):
            return "filters"
        for it in rule.get("matches") or []:
            strange = set(it) - SUPPORTED[route["kind"]]
            if strange:
                return f"matches by {', '.join(sorted(strange))}"
            kinds = [it.get("path", {}).get("type", "PathPrefix"), it.get("method", {}).get("type", "Exact") if route["kind"] == "GRPCRoute" else "Exact"]
            kinds += [header.get("type", "Exact") for header in it.get("headers", [])]
            if "RegularExpression" in kinds:
                return "regular expressions"
    return ""


def match(said: Mapping, grpc: bool) -> Match:
    headers = tuple((it["name"], it["value"]) for it in said.get("headers", []))
    if grpc:
        method = said.get("method", {})
        service, name = method.get("service", ""), method.get("method", "")
        if service and name:
            return Match(exact=f"/{service}/{name}", headers=headers)
        return Match(prefix=f"/{service}/" if service else "", headers=headers)
    at = said.get("path", {})
    value = at.get("value", "/")
    if at.get("type", "PathPrefix") == "Exact":
        return Match(exact=value, headers=headers)
    return Match(prefix=value.rstrip("/"), headers=headers)


def specificity(rule: Rule) -> tuple:
    """Names before none, whole paths before beginnings, long before short, more headers before fewer; gRPC before HTTP."""
    return (
        rule.grpc,
        max((len(it) for it in rule.hostnames), default=0),
        max(bool(it.exact) for it in rule.matches),
        max(len(it.exact or it.prefix) for it in rule.matches),
        max(len(it.headers) for it in rule.matches),
    )
