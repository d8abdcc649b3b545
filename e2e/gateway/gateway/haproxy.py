"""The configuration of haproxy for what is to be forwarded. No I/O."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.routes import Backend, Listener, Match, Rule

# A request is tried once: a test must see what a client would see that is not shielded.
GLOBAL = """\
global
    master-worker
    maxconn 2000
    stats socket {socket} mode 600 level admin expose-fd listeners
    hard-stop-after 60s
defaults
    mode http
    timeout connect 2s
    timeout client 60s
    timeout server 60s
    timeout http-keep-alive 10s
    retries 0
backend nowhere
    http-request return status 500 content-type text/plain string "the route names a Service or a port that is not there"
backend nobody
    http-request return status 503 content-type text/plain string "no pod is ready"
backend unknown
    http-request return status 404 content-type text/plain string "no route takes this request"
"""


def configuration(listeners: Iterable[Listener], socket: str) -> str:
    parts = [GLOBAL.format(socket=socket)]
    backends: dict[tuple[str, bool], Backend] = {}
    for listener in listeners:
        lines = [f"frontend port-{listener.port}", f"    bind 127.0.0.1:{listener.port}"]
        for number, rule in enumerate(listener.rules):
            lines += forwarding(f"r{number}", rule)
            for backend in rule.backends:
                if backend.servers:
                    backends[backend.name, rule.grpc] = backend
        # haproxy looks at all of its own rules before it forwards, wherever they stand
        lines.sort(key=lambda line: line.startswith("    use_backend"))
        lines.append("    default_backend unknown")
        parts.append("\n".join(lines) + "\n")
    for (_, grpc), backend in sorted(backends.items(), key=lambda it: it[0]):
        protocol = " proto h2" if grpc else ""
        parts.append(
            f"backend {identity(backend, grpc)}\n    balance roundrobin\n"
            + "".join(f"    server {address} {address}{protocol}\n" for address in backend.servers or ())
        )
    return "".join(parts)


def identity(backend: Backend, grpc: bool) -> str:
    return ("grpc." if grpc else "http.") + backend.name


def forwarding(name: str, rule: Rule) -> list[str]:
    """Each request of the rule draws a number below the sum of the weights: so shares do not depend on connections."""
    common = host_acls(f"{name}-host", rule)
    if rule.grpc:
        common.append((f"{name}-grpc", "req.hdr(content-type) -m beg application/grpc"))
    lines = [f"    acl {acl} {test}" for acl, test in common]
    conditions = []
    for number, match in enumerate(rule.matches):
        acls = match_acls(f"{name}-m{number}", match)
        lines += [f"    acl {acl} {test}" for acl, test in acls]
        conditions.append(" ".join(dict.fromkeys(acl for acl, _ in [*common, *acls])))
    condition = " or ".join(conditions) if all(conditions) else ""
    total = sum(it.weight for it in rule.backends)
    if total == 0:
        # nothing is to be forwarded: the Gateway API wants 500
        lines.append(f"    use_backend nowhere{' if ' + condition if condition else ''}")
        return lines
    lines.append(f"    http-request set-var(txn.{name}) rand({total})")
    below = 0
    for backend in rule.backends:
        if backend.weight == 0:
            continue
        below += backend.weight
        target = "nowhere" if backend.servers is None else identity(backend, rule.grpc) if backend.servers else "nobody"
        drawn = f"{{ var(txn.{name}),sub({below}) -m int lt 0 }}"
        tests = [f"{it} {drawn}".strip() for it in (conditions if condition else [""])]
        lines.append(f"    use_backend {target} if {' or '.join(tests)}")
    return lines


def host_acls(name: str, rule: Rule) -> list[tuple[str, str]]:
    """Several lines with one name are alternatives."""
    tests = []
    exact = [it for it in rule.hostnames if not it.startswith("*.")]
    wild = [it[1:] for it in rule.hostnames if it.startswith("*.")]
    if exact:
        tests.append((name, f"hdr(host),field(1,:) -i {' '.join(exact)}"))
    if wild:
        tests.append((name, f"hdr(host),field(1,:) -i -m end {' '.join(wild)}"))
    return tests


def match_acls(name: str, match: Match) -> list[tuple[str, str]]:
    acls = []
    if match.exact:
        acls.append((f"{name}-path", f"path {match.exact}"))
    elif match.prefix.endswith("/"):
        acls.append((f"{name}-path", f"path_beg {match.prefix}"))
    elif match.prefix:
        # /a takes /a and /a/b, but not /ab
        acls.append((f"{name}-path", f"path {match.prefix}"))
        acls.append((f"{name}-path", f"path_beg {match.prefix}/"))
    for number, (header, value) in enumerate(match.headers):
        acls.append((f"{name}-header{number}", f'req.hdr({header}) -m str "{value}"'))
    return acls
