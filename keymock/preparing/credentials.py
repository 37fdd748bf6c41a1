"""Who a request is from: basic, bearer, an API key; and a token asked for with client credentials."""

from __future__ import annotations

from base64 import b64encode
from typing import Any, NamedTuple
from urllib.parse import quote_plus

import msgspec
from msgspec import UNSET

from keymock import saved
from keymock.exchange import read_json
from keymock.preparing.addresses import as_text, spelled
from keymock.preparing.place import Place
from keymock.sending import Incoming, Outgoing, Send, Unsent
from keymock.variables import Mask, Variables

EARLY = 10.0
"""Seconds before its end that a token counts as used up."""


class Credentials(NamedTuple):
    """What is added to a request: headers, query parameters, cookies; or a token that must be asked for first."""

    headers: tuple[tuple[str, str], ...] = ()
    query: tuple[tuple[str, str], ...] = ()
    cookies: tuple[tuple[str, str], ...] = ()
    client: saved.OAuth2 | None = None


def credentials_of(sent: saved.Sent, place: Place, variables: Variables) -> Credentials:
    """The `[auth]` of a request, filled in. Raises Stop."""
    auth = sent.auth
    if not isinstance(auth, saved.Auth):
        return Credentials()

    def filled(value: Any, *where: str) -> str:
        return as_text(place.filled(variables, value, "auth", *where))

    if isinstance(auth.basic, saved.BasicAuth):
        user, password = filled(auth.basic.user, "basic", "user"), filled(auth.basic.password, "basic", "password")
        return Credentials((("Authorization", _basic(user, password, variables.mask)),))
    if auth.bearer is not UNSET:
        return Credentials((("Authorization", f"Bearer {filled(auth.bearer, 'bearer')}"),))
    if isinstance(auth.api_key, saved.ApiKey):
        value, key = filled(auth.api_key.value, "api_key", "value"), auth.api_key
        if key.header is not UNSET:
            return Credentials(headers=((key.header, value),))
        return Credentials(query=((key.query, value),)) if key.query is not UNSET else _cookie(key, value)
    if isinstance(auth.oauth2, saved.OAuth2):
        names = ("token_url", "client_id", "client_secret", "scope", "audience")
        told = {name: filled(getattr(auth.oauth2, name), "oauth2", name) for name in names}
        try:
            told["token_url"] = spelled(told["token_url"])
        except ValueError as fault:
            raise place.stop(("auth", "oauth2", "token_url"), "bad-url", str(fault)) from None
        return Credentials(client=saved.OAuth2(credentials=auth.oauth2.credentials, **told))
    return Credentials()


def _cookie(key: saved.ApiKey, value: str) -> Credentials:
    return Credentials(cookies=((str(key.cookie), value),))


def _basic(user: str, password: str, mask: Mask) -> str:
    encoded = b64encode(f"{user}:{password}".encode()).decode()
    if mask.text(password) != password or mask.text(user) != user:
        mask.add(encoded)  # a secret in it does not look like itself any longer
    return f"Basic {encoded}"


class Tokens:
    """Tokens that were asked for, kept while they hold: of one run of keymock, and never written."""

    def __init__(self) -> None:
        self._held: dict[saved.OAuth2, tuple[str, float]] = {}

    def held(self, client: saved.OAuth2, now: float) -> str:
        """The token of a client that still holds; empty if there is none."""
        token, end = self._held.get(client, ("", 0.0))
        return token if now < end else ""

    def keep(self, client: saved.OAuth2, token: str, end: float) -> None:
        """Keeps a token until `end`, in epoch seconds."""
        self._held[client] = token, end


def authorized(
    outgoing: Outgoing, client: saved.OAuth2, send: Send, tokens: Tokens, mask: Mask, now: float
) -> Outgoing:
    """The request with the client's token, which is asked for if none is held. Raises Unsent."""
    token = tokens.held(client, now)
    if not token:
        came = send(_asking(client, outgoing, mask))
        token, lasts = _granted(came, mask)
        mask.add(token)
        tokens.keep(client, token, now + lasts - EARLY)
    headers = tuple(pair for pair in outgoing.headers if pair[0].lower() != "authorization")
    return msgspec.structs.replace(outgoing, headers=(*headers, ("Authorization", f"Bearer {token}")))


def _asking(client: saved.OAuth2, outgoing: Outgoing, mask: Mask) -> Outgoing:
    form = {"grant_type": "client_credentials", "scope": client.scope, "audience": client.audience}
    headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")]
    mask.add(client.client_secret)
    if client.credentials == "body":
        form |= {"client_id": client.client_id, "client_secret": client.client_secret}
    else:  # RFC 6749, 2.3.1: both are urlencoded first
        user, password = quote_plus(client.client_id), quote_plus(client.client_secret)
        headers.append(("Authorization", _basic(user, password, mask)))
    body = "&".join(f"{name}={quote_plus(value)}" for name, value in form.items() if value)
    return Outgoing(
        method="POST", url=client.token_url, headers=tuple(headers), body=body.encode(), timeout=outgoing.timeout,
        verify=outgoing.verify, proxy=outgoing.proxy,
    )  # fmt: skip


def _granted(came: Incoming, mask: Mask) -> tuple[str, float]:
    """The token of an answer, and for how many seconds it holds. Raises Unsent."""
    found = read_json(came.body)
    token = found.get("access_token") if isinstance(found, dict) else None
    if came.status >= 400 or not isinstance(token, str) or not isinstance(found, dict):
        said = found.get("error_description") or found.get("error") if isinstance(found, dict) else ""
        why = f": {mask.text(str(said))[:200]}" if said else ""
        raise Unsent(
            "no-access-token", f"{came.url} gave no token, but {came.status}{why}", "see [auth.oauth2] of the request"
        )
    lasts = found.get("expires_in", 3600)
    return token, float(lasts) if isinstance(lasts, int | float) and not isinstance(lasts, bool) else 3600.0
