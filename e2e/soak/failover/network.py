"""The machine's networks: the control plane lives in one, each replica in one of its own, so that a cut is a real cut."""

from __future__ import annotations

import subprocess

from .shell import run

# an address that the API server's certificate names
HUB = "10.96.0.1"


def make_hub() -> None:
    """Called inside the hub's namespace."""
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", "br0", "type", "bridge")
    run("ip", "address", "add", f"{HUB}/16", "dev", "br0")
    run("ip", "link", "set", "br0", "up")
    # the servers listen on 127.0.0.1 only
    for interface in ("all", "br0"):
        run("sysctl", "-qw", f"net.ipv4.conf.{interface}.route_localnet=1")
    run("iptables", "-t", "nat", "-A", "PREROUTING", "-i", "br0", "-d", HUB, "-p", "tcp", "-j", "DNAT", "--to-destination", "127.0.0.1")


class Cable:
    """Between one replica and the hub."""

    def __init__(self, namespace: str, number: int):
        self.namespace = namespace
        self.address = f"10.96.1.{number}"
        link = f"replica{number}"
        run("ip", "netns", "add", namespace)
        run("ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", namespace)
        run("ip", "link", "set", link, "master", "br0", "up")
        self.inside("ip", "link", "set", "lo", "up")
        self.inside("ip", "address", "add", f"{self.address}/16", "dev", "eth0")
        self.inside("ip", "link", "set", "eth0", "up")

    def inside(self, *words: str) -> str:
        return run("ip", "netns", "exec", self.namespace, *words)

    def cut(self) -> None:
        """Packets vanish, both ways. They are dropped where they arrive: who sends is not told."""
        run("iptables", "-t", "raw", "-I", "PREROUTING", "-s", self.address, "-j", "DROP")
        self.inside("iptables", "-t", "raw", "-I", "PREROUTING", "-i", "eth0", "-j", "DROP")

    def forget_connections(self) -> int:
        """The connections of now never say anything again; new ones work."""
        lines = self.inside("ss", "-Htn", "state", "established", "dst", HUB).splitlines()
        ports = [line.split()[2].rsplit(":", 1)[1] for line in lines]
        for port in ports:
            run("iptables", "-t", "raw", "-I", "PREROUTING", "-s", self.address, "-p", "tcp", "--sport", port, "-j", "DROP")
            self.inside("iptables", "-t", "raw", "-I", "PREROUTING", "-i", "eth0", "-p", "tcp", "--dport", port, "-j", "DROP")
        return len(ports)

    def mend(self) -> None:
        rules = run("iptables", "-t", "raw", "-S", "PREROUTING").splitlines()
        for rule in rules:
            if f"{self.address}/32" in rule:
                run("iptables", "-t", "raw", *rule.replace("-A", "-D", 1).split())
        self.inside("iptables", "-t", "raw", "-F", "PREROUTING")

    def ask(self, path: str) -> tuple[int, str]:
        """What the replica's own endpoint answers to its kubelet, which a cut does not part; 0: nothing."""
        done = subprocess.run(
            ["ip", "netns", "exec", self.namespace, "curl", "-s", "-m", "5", "-w", "\n%{http_code}", f"http://127.0.0.1:8080{path}"],
            capture_output=True, text=True, check=False,
        )
        text, _, code = done.stdout.rpartition("\n")
        return int(code or 0), text

    def remove(self) -> None:
        subprocess.run(["ip", "netns", "delete", self.namespace], check=False, capture_output=True)
