"""What is forwarded and told for routes, and that haproxy takes it; without a cluster."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import threading
import time
import unittest
from collections import Counter
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from gateway.__main__ import Haproxy
from gateway.haproxy import configuration
from gateway.routes import CONTROLLER, Cluster, Match

os.environ["PATH"] += ":/usr/sbin:/sbin"


def thing(name: str, spec: dict, **more: object) -> dict:
    meta = {"name": name, "namespace": "rental", "generation": 3, "uid": name, "creationTimestamp": "2026-01-01T00:00:00Z"}
    return {"metadata": meta, "spec": spec, **more}


def slice_of(service: str, *addresses: str, ready: bool = True, port: str = "http") -> dict:
    it = thing(f"{service}-x", {})
    it["metadata"]["labels"] = {"kubernetes.io/service-name": service}
    return {**it, "ports": [{"name": port, "port": 8080}], "endpoints": [{"addresses": list(addresses), "conditions": {"ready": ready}}]}


CLASS = {"metadata": {"name": "test", "generation": 1, "uid": "c"}, "spec": {"controllerName": CONTROLLER}}
GATEWAY = thing("public", {"gatewayClassName": "test", "listeners": [{"name": "http", "protocol": "HTTP", "port": 18080}]})
SERVICES = [thing(name, {"ports": [{"name": "http", "port": 80}]}) for name in ("price", "price-canary", "empty")]
SLICES = [slice_of("price", "10.0.0.1", "10.0.0.2"), slice_of("price-canary", "10.0.0.3"), slice_of("empty", "10.0.0.9", ready=False)]


def route(*references: tuple[str, int], kind: str = "HTTPRoute", name: str = "price", **spec: object) -> dict:
    rule = {"backendRefs": [{"name": it, "port": 80, "weight": weight} for it, weight in references], **spec.pop("rule", {})}
    return thing(name, {"parentRefs": [{"name": "public"}], "rules": [rule], **spec}, kind=kind)


def cluster(*routes: dict, gateways: tuple[dict, ...] = (GATEWAY,)) -> Cluster:
    return Cluster([CLASS], gateways, routes, SERVICES, SLICES)


def text(*routes: dict) -> str:
    return configuration(cluster(*routes).listeners(), "/tmp/s")


def conditions(it: Cluster, path: str) -> dict[str, tuple[str, str]]:
    told = next(told for told in it.told() if told.path.endswith(path))
    parent = told.status["parents"][0]
    return {c["type"]: (c["status"], c["reason"]) for c in parent["conditions"]}


class ForwardingTest(unittest.TestCase):
    def test_requests_are_shared_by_weight(self) -> None:
        said = text(route(("price", 80), ("price-canary", 20)))
        self.assertIn("http-request set-var(txn.r0) rand(100)", said)
        self.assertIn("use_backend http.rental.price.80 if { var(txn.r0),sub(80) -m int lt 0 }", said)
        self.assertIn("use_backend http.rental.price-canary.80 if { var(txn.r0),sub(100) -m int lt 0 }", said)
        self.assertIn("server 10.0.0.2:8080 10.0.0.2:8080\n", said)

    def test_a_backend_of_weight_nothing_gets_nothing(self) -> None:
        self.assertNotIn("use_backend http.rental.price-canary.80", text(route(("price", 100), ("price-canary", 0))))
        self.assertIn("use_backend nowhere\n", text(route(("price", 0))))

    def test_the_share_of_a_backend_without_pods_is_an_error(self) -> None:
        self.assertIn("use_backend nobody if { var(txn.r0),sub(2) -m int lt 0 }", text(route(("price", 1), ("empty", 1))))
        self.assertIn("use_backend nowhere if { var(txn.r0),sub(2) -m int lt 0 }", text(route(("price", 1), ("gone", 1))))

    def test_names_paths_and_headers_choose(self) -> None:
        it = route(
            ("price", 1),
            hostnames=["price.example.com", "*.rental.example.com"],
            rule={"matches": [{"path": {"type": "PathPrefix", "value": "/v1/"}, "headers": [{"name": "x-try", "value": "1"}]}, {"path": {"type": "Exact", "value": "/p"}}]},
        )
        said = text(it)
        self.assertIn("acl r0-host hdr(host),field(1,:) -i price.example.com", said)
        self.assertIn("acl r0-host hdr(host),field(1,:) -i -m end .rental.example.com", said)
        self.assertIn("acl r0-m0-path path_beg /v1/", said)
        self.assertIn('acl r0-m0-header0 req.hdr(x-try) -m str "1"', said)
        self.assertIn("if r0-host r0-m0-path r0-m0-header0 { var(txn.r0),sub(1) -m int lt 0 } or r0-host r0-m1-path {", said)

    def test_the_more_specific_rule_goes_first(self) -> None:
        loose = route(("price", 1), name="a")
        named = route(("price", 1), name="b", hostnames=["b.example.com"])
        deep = route(("price", 1), name="c", hostnames=["b.example.com"], rule={"matches": [{"path": {"value": "/deep"}}]})
        names = [it.name for it in cluster(loose, named, deep).listeners()[0].rules]
        self.assertEqual(names, ["httproute.rental.c.0", "httproute.rental.b.0", "httproute.rental.a.0"])

    def test_grpc_goes_on_as_http_2(self) -> None:
        it = route(("price", 1), kind="GRPCRoute", rule={"matches": [{"method": {"service": "a.B", "method": "C"}}, {"method": {"service": "a.B"}}]})
        self.assertEqual(cluster(it).listeners()[0].rules[0].matches, (Match(exact="/a.B/C"), Match(prefix="/a.B/")))
        self.assertIn("server 10.0.0.1:8080 10.0.0.1:8080 proto h2", text(it))
        self.assertIn("acl r0-grpc req.hdr(content-type) -m beg application/grpc", text(it))

    def test_haproxy_takes_all_of_it(self) -> None:
        routes = (
            route(("price", 80), ("price-canary", 20), hostnames=["a.example.com", "*.b.example.com"]),
            route(("price", 1), ("empty", 1), ("gone", 1), name="b", rule={"matches": [{"path": {"value": "/b"}}, {"headers": [{"name": "x", "value": "y z"}]}]}),
            route(("price", 1), kind="GRPCRoute", name="c"),
            route(("price", 0), name="d", hostnames=["d.example.com"]),
        )
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        for number, it in enumerate([(), routes]):
            file = folder / f"{number}.cfg"
            file.write_text(configuration(cluster(*it).listeners(), str(folder / "s")))
            ended = subprocess.run(["haproxy", "-c", "-f", str(file)], capture_output=True, text=True)
            self.assertEqual((ended.returncode, "WARNING" in ended.stderr), (0, False), ended.stderr + file.read_text())


class Pod:
    """Answers with its name."""

    def __init__(self, name: str) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(name)))
                self.end_headers()
                self.wfile.write(name.encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # connections that the end of a test cuts
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def slice(self) -> dict:
        it = slice_of("price", "127.0.0.1")
        return {**it, "ports": [{"name": "http", "port": self.server.server_port}]}

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class DataPlaneTest(unittest.TestCase):
    """haproxy with servers of this process as pods."""

    def setUp(self) -> None:
        self.pods = {name: Pod(name) for name in ("price", "price-canary")}
        for pod in self.pods.values():
            self.addCleanup(pod.close)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.gateway = thing("public", {"gatewayClassName": "test", "listeners": [{"name": "http", "protocol": "HTTP", "port": self.port}]})
        self.haproxy = Haproxy(Path(self.enterContext(tempfile.TemporaryDirectory())))
        self.addCleanup(self.haproxy.stop)

    def follow(self, *references: tuple[str, int]) -> None:
        slices = [{**pod.slice, "metadata": {**pod.slice["metadata"], "labels": {"kubernetes.io/service-name": name}}} for name, pod in self.pods.items()]
        it = Cluster([CLASS], [self.gateway], [route(*references)], SERVICES, slices)
        self.haproxy.follow(configuration(it.listeners(), str(self.haproxy.socket)))

    def ask(self) -> str:
        """On a new connection."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/")
            answer = connection.getresponse()
            return answer.read().decode() if answer.status == 200 else str(answer.status)
        except (OSError, HTTPException) as e:
            return type(e).__name__
        finally:
            connection.close()

    def until(self, wanted: str) -> None:
        deadline = time.monotonic() + 10
        while (said := self.ask()) != wanted:
            self.assertLess(time.monotonic(), deadline, f"it still answers {said}")

    def test_new_connections_are_shared_by_weight(self) -> None:
        self.follow(("price", 100), ("price-canary", 0))
        self.until("price")
        self.follow(("price", 80), ("price-canary", 20))
        self.until("price-canary")
        said = Counter(self.ask() for _ in range(2000))
        self.assertEqual(set(said), {"price", "price-canary"})
        self.assertTrue(300 <= said["price-canary"] <= 500, said)  # 20 % ± 5 points: five standard deviations

    def test_a_change_of_weights_loses_no_request(self) -> None:
        self.follow(("price", 1))
        self.until("price")
        end, said = threading.Event(), Counter[str]()

        def asking() -> None:
            while not end.is_set():
                said[self.ask()] += 1

        clients = [threading.Thread(target=asking) for _ in range(3)]
        for client in clients:
            client.start()
        try:
            for weight in (10, 50, 100):
                self.follow(("price", 100 - weight), ("price-canary", weight))
                time.sleep(0.5)
            self.until("price-canary")
        finally:
            end.set()
            for client in clients:
                client.join()
        self.assertEqual(set(said), {"price", "price-canary"}, said)

    def test_the_share_of_a_service_without_pods_is_unavailable(self) -> None:
        self.follow(("empty", 1))
        self.until("503")
        self.follow(("gone", 1))
        self.until("500")


class StatusTest(unittest.TestCase):
    def test_a_route_that_is_forwarded_is_accepted_in_its_generation(self) -> None:
        it = cluster(route(("price", 1)))
        self.assertEqual(conditions(it, "httproutes/price"), {"Accepted": ("True", "Accepted"), "ResolvedRefs": ("True", "ResolvedRefs")})
        told = {told.path: told.status for told in it.told()}
        self.assertEqual(told["namespaces/rental/gateways/public"]["listeners"][0]["attachedRoutes"], 1)
        self.assertEqual(told["namespaces/rental/httproutes/price"]["parents"][0]["conditions"][0]["observedGeneration"], 3)
        self.assertEqual(told["gatewayclasses/test"]["conditions"][0]["type"], "Accepted")

    def test_a_service_that_is_not_there_is_told(self) -> None:
        self.assertEqual(conditions(cluster(route(("gone", 1))), "httproutes/price")["ResolvedRefs"], ("False", "BackendNotFound"))

    def test_what_it_cannot_do_is_refused_and_not_forwarded(self) -> None:
        it = route(("price", 1), rule={"filters": [{"type": "RequestMirror"}]})
        self.assertEqual(conditions(cluster(it), "httproutes/price")["Accepted"], ("False", "UnsupportedValue"))
        self.assertEqual(cluster(it).listeners()[0].rules, ())
        it = route(("price", 1), rule={"matches": [{"path": {"type": "RegularExpression", "value": ".*"}}]})
        self.assertEqual(conditions(cluster(it), "httproutes/price")["Accepted"], ("False", "UnsupportedValue"))

    def test_a_listener_takes_only_what_it_allows(self) -> None:
        it = route(("price", 1))
        it["spec"]["parentRefs"] = [{"name": "public", "sectionName": "other"}]
        self.assertEqual(conditions(cluster(it), "httproutes/price")["Accepted"], ("False", "NoMatchingParent"))
        other = {**GATEWAY, "metadata": {**GATEWAY["metadata"], "namespace": "edge"}}
        it["spec"]["parentRefs"] = [{"name": "public", "namespace": "edge"}]
        self.assertEqual(conditions(cluster(it, gateways=(other,)), "httproutes/price")["Accepted"], ("False", "NoMatchingParent"))

    def test_gateways_and_entries_of_others_are_left_alone(self) -> None:
        foreign = {"metadata": {"name": "gke", "generation": 1, "uid": "g"}, "spec": {"controllerName": "networking.gke.io/gateway"}}
        gateway = {**GATEWAY, "spec": {**GATEWAY["spec"], "gatewayClassName": "gke"}}
        it = Cluster([foreign], [gateway], [route(("price", 1))], SERVICES, SLICES)
        self.assertEqual((it.told(), it.listeners()), ([], []))


if __name__ == "__main__":
    unittest.main()
