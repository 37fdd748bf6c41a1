"""What a server may reach, as settings and consent are at this moment."""

from __future__ import annotations

from keymock import spec
from keymock.outbound import Allowed, Host
from keymock.serve.reach import Reach


def test_settings_flags_and_consent_come_together() -> None:
    settings = [spec.Workspace(outbound=["api.example.com"])]
    reach = Reach(lambda: settings[0], ("127.0.0.1:9000",))
    reach.own_ports = frozenset({8787})
    assert reach.gate()("127.0.0.1", 9000, "") is None
    assert [(found.code if found else "") for found in (
        reach.gate()("api.example.com", 443, ""),
        reach.gate()("127.0.0.1", 8787, ""),
        reach.gate(by_person=True)("127.0.0.1", 1234, ""),
    )] == ["host-not-allowed", "own-port", ""]  # fmt: skip
    reach.kept = lambda: (Allowed(Host("api.example.com", 443)),)
    assert reach.gate()("api.example.com", 443, "") is None
    settings[0] = spec.Workspace()
    refused = reach.gate()("api.example.com", 443, "")
    assert refused is not None
    assert refused.code == "host-not-named"


def test_offline_is_offline() -> None:
    refused = Reach(spec.Workspace, ("127.0.0.1:9000",), offline=True).gate(by_person=True)("127.0.0.1", 9000, "")
    assert refused is not None
    assert refused.code == "offline"


def test_hosts_of_the_settings_and_of_real_apis_need_consent() -> None:
    reach = Reach(lambda: spec.Workspace(outbound=["a.example"]), upstreams=lambda: ["https://b.example/v1"])
    for name in ("a.example", "b.example"):
        refused = reach.now().refusal(name, 443, by_person=True)
        assert refused is not None
        assert refused.code == "host-not-allowed"
    unnamed = reach.now().refusal("c.example", 443, by_person=True)
    assert unnamed is not None
    assert unnamed.code == "host-not-named"
    reach.kept = lambda: (Allowed(Host("b.example", 443)),)
    assert reach.gate(by_person=True)("b.example", 443, "") is None


def test_this_machine_needs_none_but_for_our_own_ports() -> None:
    reach = Reach(spec.Workspace, ("d.example",))
    reach.own_ports = frozenset({9})
    assert reach.gate(by_person=True)("localhost", 8, "") is None
    refused = reach.gate(by_person=True)("localhost", 9, "")
    assert refused is not None
    assert refused.code == "own-port"
