"""The job that tells OpenTelemetry of exchanges (`up --otel`): a span for each, made from the journal, many at once.

No request waits for it, and none knows of it. Where spans go is said the standard way (`OTEL_EXPORTER_OTLP_ENDPOINT`
and its like; `OTEL_TRACES_SAMPLER`, `OTEL_SERVICE_NAME`): to this machine, or to a host that the user has allowed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

import msgspec

from keymock.journal import Entry, Journal
from keymock.outbound import USUAL_PORTS, Refused, host_of, is_loopback
from keymock.problems import Problem, Stop, error, warning
from keymock.serve import spans
from keymock.serve.reach import Reach
from keymock.variables.mask import Mask

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan

EVERY = 1.0
"""Seconds between two looks at the journal."""

GOODBYE = 1.0
"""Seconds for the last spans when the server stops."""

MOST = 500
"""Spans that are sent at once."""

MISSING = 'OpenTelemetry needs packages that are not installed: pip install "keymock[otel]"'
WHERE = "OTEL_EXPORTER_OTLP_ENDPOINT"
USUAL_ENDPOINT = "http://localhost:4318"


class Serving(Protocol):
    """Whose exchanges are told, and who hears of trouble: `serve.service.Service`."""

    journal: Journal
    reach: Reach

    @property
    def mask(self) -> Mask: ...
    def say(self, problem: Problem, /) -> None: ...


def endpoint_of(environ: Mapping[str, str]) -> str:
    """The address that spans are sent to, as the specification of the exporter has it."""
    own = environ.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "").strip()
    base = environ.get(WHERE, "").strip().rstrip("/") or USUAL_ENDPOINT
    return own or f"{base}/v1/traces"


def refusal(reach: Reach, endpoint: str) -> Refused | None:
    """Why spans may not go there. Whoever starts the server names the host; beyond loopback they allow it, too."""
    parts = urlsplit(endpoint)
    if parts.scheme not in USUAL_PORTS or not parts.hostname:
        return Refused("bad-url", f"`{endpoint}` is no address", f"{WHERE}={USUAL_ENDPOINT}")
    outbound = reach.now()
    named = msgspec.structs.replace(outbound, named=(*outbound.named, host_of(endpoint)))
    return named.refusal(parts.hostname, parts.port or USUAL_PORTS[parts.scheme], by_person=True)


class Spans:
    """Makes spans of entries, and sends them. Raises Stop where the library is missing."""

    def __init__(self, endpoint: str, environ: Mapping[str, str]) -> None:
        try:
            # Half a second, and 10 MB, for those who ask for it.
            import requests  # noqa: PLC0415
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
            from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
            from opentelemetry.sdk.trace import SpanProcessor, TracerProvider  # noqa: PLC0415
            from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415
        except ImportError:
            raise Stop(error("keymock up", "missing-extra", MISSING)) from None

        made: list[ReadableSpan] = []

        class Collected(SpanProcessor):
            def on_end(self, span: ReadableSpan) -> None:
                made.append(span)

        session = requests.Session()
        # What goes to this machine goes through nobody's proxy.
        session.trust_env = not is_loopback(urlsplit(endpoint).hostname or "")
        resource = Resource.create({} if environ.get("OTEL_SERVICE_NAME") else {"service.name": "keymock"})
        provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        provider.add_span_processor(Collected())
        self._made = made
        self._tracer = provider.get_tracer("keymock")
        self._context = TraceContextTextMapPropagator()
        self._exporter = OTLPSpanExporter(endpoint=endpoint, session=session)

    def of(self, entries: Sequence[Entry], mask: Mask) -> list[ReadableSpan]:
        """A span for each, but for those that a private mock answered, and those that the caller's trace leaves out."""
        from opentelemetry.trace import SpanKind, Status, StatusCode  # noqa: PLC0415  (as above)

        for entry in filter(spans.told, entries):
            span = self._tracer.start_span(
                spans.name(entry),
                self._context.extract(spans.carrier(entry)),
                SpanKind.SERVER,
                spans.attributes(entry, mask),
                start_time=entry.time - entry.duration,
            )
            if spans.error_type(entry):
                span.set_status(Status(StatusCode.ERROR))
            span.end(entry.time)
        done = self._made[:]
        self._made.clear()
        return done

    def send(self, batch: Sequence[ReadableSpan]) -> bool:
        """Whether the collector took them; it is asked again for a few seconds, where it says so."""
        return bool(self._exporter.export(batch).name == "SUCCESS")

    def close(self) -> None:
        """Sends nothing more."""
        self._exporter.shutdown()  # type: ignore[no-untyped-call]


def tracing(service: Serving, environ: Mapping[str, str] = os.environ) -> Callable[[], Coroutine[Any, Any, None]]:
    """Makes ready, and returns the job. Raises Stop where spans may not, or cannot, be sent."""
    endpoint = endpoint_of(environ)
    refused = refusal(service.reach, endpoint)
    if refused is not None:
        raise Stop(error("keymock up --otel", refused.code, refused.message, hint=refused.hint))
    telling = Spans(endpoint, environ)
    last = service.journal.count
    troubled = False

    def trouble(said: str, hint: str) -> None:
        nonlocal troubled
        if not troubled:
            service.say(warning("keymock up --otel", "not-sent", said, hint=hint))
        troubled = True

    def send(fresh: Sequence[Entry]) -> None:
        """In a thread. Spans that are not taken are not waited for: the journal has what they tell."""
        nonlocal troubled
        refused = refusal(service.reach, endpoint)
        if refused is not None:
            trouble(refused.message, refused.hint)
            return
        for start in range(0, len(fresh), MOST):
            batch = telling.of(fresh[start : start + MOST], service.mask)
            if batch and not telling.send(batch):
                trouble(f"{endpoint} does not take spans", "is the collector running? those to come are tried again")
                return
        troubled = False

    async def look() -> None:
        nonlocal last
        fresh = service.journal.since(last)  # on the loop, where exchanges are added
        last = service.journal.count
        if fresh:
            await asyncio.to_thread(send, fresh)

    async def trace() -> None:
        try:
            while True:
                await asyncio.sleep(EVERY)
                await look()
        finally:
            with contextlib.suppress(TimeoutError):
                if not troubled:
                    await asyncio.wait_for(look(), GOODBYE)
            telling.close()  # which ends what is tried again and again

    return trace
