"""Why the real API gave no answer that can be passed on, told as one of keymock's own: 502 and 504 with the reason."""

from __future__ import annotations

from keymock.exchange import Onward, Reply, problem_reply


def failure(status: int, code: str, reason: str, plan: Onward, hint: str = "") -> Reply:
    """One of keymock's own answers about the real API, with the place that names it."""
    more = {"hint": hint} if hint else {}
    return problem_reply(
        status,
        code,
        f"The real API of {plan.project} did not answer",
        f"{plan.url}: {reason}",
        where=plan.place,
        **more,
    )


def failure_of(fault: Exception, plan: Onward) -> Reply:
    """What an attempt to ask it came to: a TimeoutError, or what aiohttp raises. Anything else is raised again."""
    import aiohttp  # noqa: PLC0415  (80 ms, which a server that only mocks does not pay)

    if isinstance(fault, TimeoutError):
        return failure(504, "upstream-timeout", f"it has not answered within {plan.timeout:g} seconds", plan)
    if isinstance(fault, aiohttp.ClientConnectorCertificateError):
        return failure(502, "upstream-tls", f"its certificate cannot be trusted: {fault.certificate_error}", plan)
    if isinstance(fault, aiohttp.ClientConnectorSSLError):
        return failure(502, "upstream-tls", f"no TLS connection could be made: {fault.strerror}", plan)
    if isinstance(fault, aiohttp.ClientConnectorDNSError):
        return failure(502, "upstream-down", "its name cannot be resolved", plan)
    if isinstance(fault, aiohttp.ClientConnectorError):
        return failure(502, "upstream-down", f"nobody answers there: {fault.strerror or fault}", plan)
    if isinstance(fault, aiohttp.ServerDisconnectedError):
        return failure(502, "upstream-broken", "it ended the connection without an answer", plan)
    if isinstance(fault, aiohttp.WSServerHandshakeError):
        return failure(502, "upstream-broken", f"it does not open a WebSocket as it should: {fault.message}", plan)
    if isinstance(fault, aiohttp.ClientError):
        return failure(502, "upstream-broken", f"what it answers is not HTTP: {_said(fault)}", plan)
    raise fault


def _said(fault: Exception) -> str:
    return str(fault).partition("\n")[0][:200] or type(fault).__name__
