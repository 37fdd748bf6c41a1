"""A saved request → what is sent: address, headers, credentials, body and options, each filled in."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from msgspec import UNSET

from keymock import saved
from keymock.pattern.guessing import split_origin
from keymock.preparing import addresses
from keymock.preparing.addresses import as_text
from keymock.preparing.bodies import ReadFile, body_of
from keymock.preparing.credentials import credentials_of
from keymock.preparing.place import Place
from keymock.sending import Outgoing
from keymock.units import duration
from keymock.variables import Mask, Variables

TIMEOUT = 30.0
REDIRECTS = 10
SHORTEST_PART = 6
"""Characters of the shortest part of a secret that is one by itself."""


class Prepared(NamedTuple):
    """What is sent. `client` are credentials for which a token must be asked first: see `authorized`.

    `secret` says that a secret is in it, so that it goes only where secrets may go.
    """

    outgoing: Outgoing
    client: saved.OAuth2 | None = None
    secret: bool = False


def prepare(sent: saved.Sent, place: Place, variables: Variables, read: ReadFile) -> Prepared:
    """A request, all that is in it filled in. Raises Stop with the place of what cannot be."""
    return _Preparing(sent, place, variables, read).prepared()


def has_secret(outgoing: Outgoing, mask: Mask) -> bool:
    """Whether a secret is in what is sent."""
    texts = (outgoing.url, *(value for _, value in outgoing.headers))
    return any(mask.text(text) != text for text in texts) or mask.data(outgoing.body) != outgoing.body


class _Preparing(NamedTuple):
    """The preparing of one request."""

    sent: saved.Sent
    place: Place
    variables: Variables
    read: ReadFile

    def prepared(self) -> Prepared:
        sent = self.sent
        credentials = credentials_of(sent, self.place, self.variables)
        body = body_of(sent, self.place, self.variables, self.read)
        query = [*addresses.pairs(self._filled(sent.query, "query")), *credentials.query]
        headers = [*self._headers(), *credentials.headers]
        cookies = [*addresses.pairs(self._filled(sent.cookies, "cookies")), *credentials.cookies]
        given = {name.lower() for name, _ in headers}
        if cookies:
            headers.append(("Cookie", "; ".join(f"{name}={value}" for name, value in cookies)))
        if body.type and "content-type" not in given:
            headers.append(("Content-Type", body.type))
        if "accept" not in given:
            headers.append(("Accept", "*/*"))
        outgoing = Outgoing(
            method="GET" if sent.method is UNSET else sent.method,
            url=self._url(query),
            headers=tuple(headers),
            body=body.content,
            timeout=self._timeout(),
            verify=sent.verify is not False,
            redirects=_redirects(sent.redirects),
            proxy="" if sent.proxy is UNSET else as_text(self._filled(sent.proxy, "proxy")),
        )
        return Prepared(outgoing, credentials.client, has_secret(outgoing, self.variables.mask))

    def _filled(self, value: Any, *where: str | int) -> Any:
        return self.place.filled(self.variables, value, *where)

    def _url(self, query: list[tuple[str, str]]) -> str:
        written = "" if self.sent.url is UNSET else self.sent.url
        if not written:
            raise self.place.stop((), "no-url", "the request has no `url`", 'url = "{{ base_url }}/users/:id"')
        params = {name: as_text(value) for name, value in self._filled(self.sent.params, "params").items()}
        names = addresses.parameters(written)
        missing = [name for name in names if params.get(name, "") == ""]
        if missing:
            hint = f'params.{missing[0]} = "1"'
            raise self.place.stop(("url",), "no-param", f"the parameter `{missing[0]}` of the path has no value", hint)
        url = as_text(self._filled(written, "url"))
        if split_origin(url)[0] != split_origin(self.variables.mask.text(url))[0]:
            message = "a secret stands where the host belongs"
            raise self.place.stop(("url",), "bad-url", message, "name the host in the environment")
        self._hide_parts(url)
        hidden = self.variables.mask.text
        if hidden(url).partition("#")[0] != hidden(url.partition("#")[0]):
            message = "a secret has a `#` in it, where an address ends"
            raise self.place.stop(("url",), "bad-url", message, "put it into `query` or `params`, which escape it")
        url = addresses.with_parameters(url, {name: params[name] for name in names})
        try:
            return addresses.spelled(addresses.with_query(url, query))
        except ValueError as fault:
            hint = "" if "://" in url else f'url = "{{{{ base_url }}}}/{url.lstrip("/")}"'
            mask = self.variables.mask.text
            raise self.place.stop(("url",), "bad-url", mask(str(fault)), mask(hint)) from None

    def _hide_parts(self, url: str) -> None:
        """Masks the parts of a secret that stands in the address as it is: who reads the address takes it apart."""
        mask = self.variables.mask
        for secret in mask.within([url]):
            for part in re.split(r"[/?&=;]", secret):
                if len(part) >= SHORTEST_PART and part != secret:
                    mask.add(part)

    def _headers(self) -> list[tuple[str, str]]:
        found = addresses.pairs(self._filled(self.sent.headers, "headers"))
        for name, value in found:
            bad = next((char for char in value if (ord(char) < 0x20 and char != "\t") or ord(char) == 0x7F), None)
            if bad is not None:
                message = f"the value of `{name}` contains the control character {bad!r}"
                raise self.place.stop(("headers", name), "bad-header", message)
        return found

    def _timeout(self) -> float:
        if self.sent.timeout is UNSET:
            return TIMEOUT
        text = as_text(self._filled(self.sent.timeout, "timeout"))
        try:
            return float(duration(text))
        except ValueError as fault:
            raise self.place.stop(("timeout",), "bad-value", str(fault)) from None


def _redirects(wanted: Any) -> int:
    if wanted is UNSET or wanted is True:
        return REDIRECTS
    return int(wanted)
