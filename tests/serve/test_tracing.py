"""Spans as a collector gets them: one an exchange, many at once, in the caller's trace; only to who may have them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
from receiver import Answer, Receiver, receiving

from keymock import spec
from keymock.journal import Journal, Sent
from keymock.problems import Problem, Stop
from keymock.serve.reach import Reach
from keymock.serve.tracing import EVERY, endpoint_of, refusal, tracing
from keymock.variables import Mask

trace_service = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2")
pytest.importorskip("opentelemetry.exporter.otlp.proto.http")

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"


class Service:
    """A journal, a way out, and who hears of trouble."""

    def __init__(self, *, offline: bool = False) -> None:
        self.journal = Journal()
        self.reach = Reach(spec.Workspace, offline=offline)
        self.said: list[Problem] = []
        self.mask = Mask()

    def say(self, problem: Problem) -> None:
        self.said.append(problem)

    def ask(self, path: str, parent: str = "", status: int = 200, mock: str = "workspace/mocks/a") -> None:
        headers = [(b"host", b"localhost:8787"), *([(b"traceparent", parent.encode())] if parent else [])]
        sent = Sent(status, mock)
        self.journal.add(1, 5_000_000, 2_000_000, "ada", "GET", path.encode(), b"", headers, sent, 1, None)


def at(receiver: Receiver) -> dict[str, str]:
    return {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url}


async def run(service: Service, environ: Mapping[str, str], *paths: str, seconds: float = 0.05, **more: Any) -> None:
    """Serves for a while; the last look is taken at its end."""
    job = asyncio.create_task(tracing(service, environ)())
    await asyncio.sleep(0)
    for path in paths:
        service.ask(path, **more)
    await asyncio.sleep(seconds)
    job.cancel()
    with suppress(asyncio.CancelledError):
        await job


def taken(receiver: Receiver) -> list[Any]:
    """The spans of everything that came."""
    found = []
    for each in receiver.received:
        request = trace_service.ExportTraceServiceRequest.FromString(each.body)
        for resource in request.resource_spans:
            assert {pair.key: pair.value.string_value for pair in resource.resource.attributes}[
                "service.name"
            ] == "keymock"
            found += [span for scope in resource.scope_spans for span in scope.spans]
    return found


def test_a_span_for_each_exchange_in_one_request() -> None:
    service = Service()
    service.ask("/before")  # before anybody listened
    with receiving() as collector:
        asyncio.run(run(service, at(collector), "/a", "/b"))
        assert [each.path for each in collector.received] == ["/v1/traces"]
        first, second = taken(collector)
    told = {pair.key: pair.value.string_value for pair in first.attributes}
    assert (told["url.path"], told["keymock.mock"], told["keymock.session"]) == ("/a", "workspace/mocks/a", "ada")
    assert (first.kind, first.start_time_unix_nano, first.end_time_unix_nano) == (2, 3_000_000, 5_000_000)
    assert first.trace_id != second.trace_id
    assert service.said == []


def test_the_caller_decides_the_trace_and_whether_it_is_kept() -> None:
    with receiving() as collector:
        asyncio.run(run(Service(), at(collector), "/a", parent=f"00-{TRACE}-{PARENT}-01"))
        asyncio.run(run(Service(), at(collector), "/b", parent=f"00-{TRACE}-{PARENT}-00"))
        asyncio.run(run(Service(), at(collector), "/c", parent="nonsense"))
        first, other = taken(collector)
    assert (first.trace_id.hex(), first.parent_span_id.hex()) == (TRACE, PARENT)
    assert (other.trace_id.hex() != TRACE, other.parent_span_id) == (True, b"")


def test_failures_are_errors_and_private_mocks_are_nowhere() -> None:
    with receiving() as collector:
        asyncio.run(run(Service(), at(collector), "/a", status=503))
        asyncio.run(run(Service(), at(collector), "/b", mock="private/ada@example.com/mocks/x"))
        (failed,) = taken(collector)
    assert failed.status.code == 2


def test_exchanges_are_sent_while_it_runs() -> None:
    with receiving() as collector:
        asyncio.run(run(Service(), at(collector), "/a", seconds=2 * EVERY))
        assert len(taken(collector)) == 1


def test_a_collector_that_refuses_is_told_of_once_and_holds_up_nothing() -> None:
    service = Service()
    with receiving(Answer(400)) as collector:
        asyncio.run(run(service, at(collector), *map(str, range(600)), seconds=3 * EVERY))
        assert len(collector.received) == 1  # the rest of that look is not tried
    (problem,) = service.said
    assert (problem.code, "does not take spans" in problem.message) == ("not-sent", True)


@pytest.mark.parametrize(
    ("environ", "address"),
    [
        ({}, "http://localhost:4318/v1/traces"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9/otel/"}, "http://127.0.0.1:9/otel/v1/traces"),
        (
            {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://a:1", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://b/x"},
            "https://b/x",
        ),
    ],
)
def test_where_spans_go_is_said_the_standard_way(environ: Mapping[str, str], address: str) -> None:
    assert endpoint_of(environ) == address


def test_beyond_this_machine_somebody_has_to_allow_it() -> None:
    allowed = Reach(spec.Workspace, ("collector.example:4318",))
    assert refusal(allowed, "http://collector.example:4318/v1/traces") is None
    assert refusal(Reach(spec.Workspace), "http://127.0.0.1:4318/v1/traces") is None
    with pytest.raises(Stop, match=r"nobody has allowed collector\.example:4318") as caught:
        tracing(Service(), {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector.example:4318"})
    assert "keymock allow collector.example:4318" in caught.value.problems[0].hint
    with pytest.raises(Stop, match="--offline"):
        tracing(Service(offline=True), {})
    with pytest.raises(Stop, match="is no address"):
        tracing(Service(), {"OTEL_EXPORTER_OTLP_ENDPOINT": "collector"})
