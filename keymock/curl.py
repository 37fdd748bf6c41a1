"""curl's command lines, read into the tables of a saved request, and written from what is sent."""

from __future__ import annotations

import shlex
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlsplit

from keymock.exchange import NOT_JSON, read_json
from keymock.problems import did_you_mean
from keymock.sending import Outgoing

Tables = dict[str, Any]

_VALUED = {
    "-X": "request", "--request": "request", "-H": "header", "--header": "header", "-d": "data", "--data": "data",
    "--data-ascii": "data", "--data-raw": "data-raw", "--data-binary": "data-binary", "--json": "json",
    "--data-urlencode": "data-urlencode", "-u": "user", "--user": "user", "-F": "form", "--form": "form",
    "--form-string": "form-string", "--url": "url", "-b": "cookie", "--cookie": "cookie", "-A": "agent",
    "--user-agent": "agent", "-e": "referer", "--referer": "referer", "-x": "proxy", "--proxy": "proxy",
    "-m": "time", "--max-time": "time", "--oauth2-bearer": "bearer",
    "--max-redirs": "redirects", "-o": "", "--output": "", "-w": "", "--write-out": "", "--connect-timeout": "",
    "--retry": "", "--cacert": "", "--resolve": "", "-D": "", "--dump-header": "", "-c": "", "--cookie-jar": "",
}  # fmt: skip
"""Options with a value, and what they are to us; those that are nothing to a saved request are left out."""
_PLAIN = {
    "-G": "get", "--get": "get", "-I": "head", "--head": "head", "-k": "insecure", "--insecure": "insecure",
    "-L": "location", "--location": "location", "-s": "", "--silent": "", "-S": "", "--show-error": "", "-i": "",
    "--include": "", "-v": "", "--verbose": "", "-f": "", "--fail": "", "--compressed": "", "--http1.1": "",
    "--http2": "", "-g": "", "--globoff": "", "-N": "", "--no-buffer": "", "-#": "", "--progress-bar": "",
    "--fail-with-body": "", "-j": "", "-O": "", "--remote-name": "", "-4": "", "-6": "",
}  # fmt: skip


class Unread(ValueError):
    """A command line that cannot be read."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def split(line: str) -> list[str]:
    """A command line as a shell takes it apart; lines that end in a backslash go on. Raises Unread."""
    try:
        return shlex.split(line.replace("\\\r\n", " ").replace("\\\n", " "))
    except ValueError as fault:
        raise Unread(f"the command line cannot be read: {fault}", "a quote is not closed") from None


def read(words: Iterable[str]) -> Tables:
    """The tables of the request that a curl command line sends; `curl` itself may stand in front. Raises Unread."""
    given: dict[str, list[str]] = {}
    rest = list(words)
    for start in ("$", "curl"):  # as it is copied from a page
        if rest[:1] == [start]:
            rest.pop(0)
    while rest:
        name, value = _option(rest)
        if name:
            given.setdefault(name, []).append(value)
    return _Reading(given).tables()


def _option(rest: list[str]) -> tuple[str, str]:
    """Takes one option from the front; empty for one that means nothing here."""
    word = rest.pop(0)
    if not word.startswith("-") or word == "-":
        return "url", word
    name, equals, value = word.partition("=")
    if word.startswith("--") and equals and name in _VALUED:
        return _VALUED[name], value
    if not word.startswith("--") and len(word) > 2:
        if word[:2] in _VALUED:
            return _VALUED[word[:2]], word[2:]
        if word[:2] in _PLAIN:  # -sSL is -s -S -L
            rest.insert(0, f"-{word[2:]}")
            word = word[:2]
    if word in _VALUED:
        if not rest:
            raise Unread(f"the curl option {word} has no value", "it is the last word of the command line")
        return _VALUED[word], rest.pop(0)
    if word in _PLAIN:
        return _PLAIN[word], ""
    raise Unread(f"the curl option {word} is not known here", did_you_mean(word, (*_VALUED, *_PLAIN)) or "leave it out")


class _Reading:
    """The options of one command line."""

    def __init__(self, given: Mapping[str, list[str]]) -> None:
        self.given = given
        self.headers: dict[str, str | list[str]] = {}

    def tables(self) -> Tables:
        urls = self.given.get("url", [])
        if len(urls) != 1:
            raise Unread("there is no address" if not urls else "there is more than one address", "curl https://…")
        address, query = split_address(urls[0] if "://" in urls[0] else f"http://{urls[0]}")
        for line in self.given.get("header", ()):
            self._header(line)
        body = self._body()
        if "get" in self.given:
            query = _joined(query, parse_qsl(str(body.pop("body", "")), keep_blank_values=True) or _pairs(body))
            body = {}
        self._named("agent", "User-Agent")
        self._named("referer", "Referer")
        own = {**self._cookies(), **self._auth()}  # which take headers out
        found: Tables = {"method": self._method(body), "url": address}
        found |= {"query": query} if query else {}
        found |= {"headers": self.headers} if self.headers else {}
        return {**found, **own, **body, **self._options()}

    def _method(self, body: Tables) -> str:
        if "request" in self.given:
            return self.given["request"][-1].upper()
        return "HEAD" if "head" in self.given else "POST" if body else "GET"

    def _header(self, line: str) -> None:
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            if line.endswith(";"):
                self.headers[line[:-1].strip()] = ""
            return  # `Accept:` alone takes away what curl would send, and we send nothing by ourselves
        if not value.strip():
            return
        before = self.headers.get(name.strip())
        text = value.strip()
        self.headers[name.strip()] = (
            text if before is None else [*([before] if isinstance(before, str) else before), text]
        )

    def _named(self, option: str, header: str) -> None:
        if option in self.given:
            self.headers[header] = self.given[option][-1]

    def _taken(self, header: str) -> str:
        """Takes a header out, whatever its case; empty if it is not there."""
        name = next((name for name in self.headers if name.lower() == header), "")
        value = self.headers.pop(name, "") if name else ""
        return value if isinstance(value, str) else ", ".join(value)

    def _body(self) -> Tables:
        if "form" in self.given or "form-string" in self.given:
            return {"parts": self._parts()}
        if "json" in self.given:
            self.headers.setdefault("Accept", "application/json")
            return _of_text("".join(self.given["json"]), "application/json")
        encoded = [_encoded(one) for one in self.given.get("data-urlencode", ())]
        pieces = [piece for name in ("data", "data-raw", "data-binary") for piece in self.given.get(name, ())]
        files = [one[1:] for name in ("data", "data-binary") for one in self.given.get(name, ()) if one.startswith("@")]
        if files:
            return {"body_file": files[0]}
        if not pieces and not encoded:
            return {}
        kind = self._type()
        if not kind and "get" not in self.given and read_json("".join(pieces).encode()) is not NOT_JSON:
            kind = "application/x-www-form-urlencoded"  # what curl sends: the author forgot the header
            if "".join(pieces).lstrip().startswith(("{", "[")):
                kind = "application/json"
        return _of_text("&".join([*pieces, *encoded]), kind or "application/x-www-form-urlencoded", self._taken)

    def _type(self) -> str:
        return next((str(value) for name, value in self.headers.items() if name.lower() == "content-type"), "")

    def _parts(self) -> Tables:
        parts: Tables = {}
        for one in (*self.given.get("form", ()), *self.given.get("form-string", ())):
            name, _, value = one.partition("=")
            content, *more = value.split(";")
            told = dict(pair.strip().partition("=")[::2] for pair in more)
            part: Any = {"file": content[1:]} if content.startswith(("@", "<")) else content
            if isinstance(part, str) and told:
                part = {"body": content}
            if isinstance(part, dict):
                part |= {"content_type": told["type"]} if "type" in told else {}
                part |= {"filename": told["filename"].strip('"')} if "filename" in told else {}
            parts[name] = [*_listed(parts[name]), *_listed(part)] if name in parts else part
        return parts

    def _cookies(self) -> Tables:
        line = "; ".join(filter(None, [*self.given.get("cookie", ()), self._taken("cookie")]))
        pairs = (pair.strip().partition("=") for pair in line.split(";") if "=" in pair)
        found = {name: value for name, _, value in pairs}
        return {"cookies": found} if found else {}

    def _auth(self) -> Tables:
        if "user" in self.given:
            user, _, password = self.given["user"][-1].partition(":")
            return {"auth": {"basic": {"user": user, "password": password}}}
        if "bearer" in self.given:
            return {"auth": {"bearer": self.given["bearer"][-1]}}
        value = next((str(value) for name, value in self.headers.items() if name.lower() == "authorization"), "")
        scheme, _, rest = value.partition(" ")
        if scheme.lower() == "bearer" and rest:
            self._taken("authorization")
            return {"auth": {"bearer": rest.strip()}}
        credentials = _basic(value)
        if credentials is not None:
            self._taken("authorization")
            return {"auth": {"basic": dict(zip(("user", "password"), credentials, strict=True))}}
        return {}

    def _options(self) -> Tables:
        found: Tables = {}
        if "time" in self.given:
            found["timeout"] = f"{self.given['time'][-1]}s"
        if "location" not in self.given:
            found["redirects"] = False
        elif "redirects" in self.given and self.given["redirects"][-1].isdigit():
            found["redirects"] = int(self.given["redirects"][-1])
        if "insecure" in self.given:
            found["verify"] = False
        if "proxy" in self.given:
            found["proxy"] = self.given["proxy"][-1]
        return found


def split_address(url: str) -> tuple[str, Tables]:
    """An address without its query and fragment, and the query as a table.

    >>> split_address("http://a/b?x=1&y=2&y=3#top")
    ('http://a/b', {'x': '1', 'y': ['2', '3']})
    """
    parts = urlsplit(url)
    address = url.partition("#")[0].partition("?")[0]
    return address, _joined({}, parse_qsl(parts.query, keep_blank_values=True))


def _joined(query: Tables, pairs: Iterable[tuple[str, Any]]) -> Tables:
    for name, value in pairs:
        query[name] = [*_listed(query[name]), value] if name in query else value
    return query


def _pairs(body: Tables) -> list[tuple[str, Any]]:
    form = body.get("form", {})
    return [(name, one) for name, value in form.items() for one in _listed(value)]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _encoded(text: str) -> str:
    """`name=content` of --data-urlencode, as it would be without."""
    name, equals, content = text.partition("=")
    return f"{name}={quote_plus(content)}" if equals and name else quote_plus(text.removeprefix("="))


def _of_text(text: str, kind: str, take: Callable[[str], str] | None = None) -> Tables:
    """A body in the form that shows best what it is."""
    essence = kind.partition(";")[0].strip().lower()
    value = read_json(text.encode())
    if essence == "application/json" and value is not NOT_JSON:
        if take is not None:
            take("content-type")
        return {"json": value} if in_toml(value) else {"json_text": text}
    if essence == "application/x-www-form-urlencoded" and "=" in text:
        if take is not None:
            take("content-type")
        return {"form": _joined({}, parse_qsl(text, keep_blank_values=True))}
    return {"body": text}


def in_toml(value: Any) -> bool:
    """Whether TOML can say it: it has no null."""
    if isinstance(value, dict):
        return all(in_toml(each) for each in value.values())
    if isinstance(value, list):
        return all(in_toml(each) for each in value)
    return value is not None


def _basic(value: str) -> tuple[str, str] | None:
    scheme, _, rest = value.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = b64decode(rest.strip(), validate=True).decode().partition(":")
    except (NotBase64, UnicodeDecodeError):
        return None
    return (user, password) if colon else None


# ---- written -----------------------------------------------------------------------------------------------------


def written(outgoing: Outgoing, standing: Mapping[str, str] | None = None) -> str:
    """The command line that sends a request. `standing` are texts that stand for secrets, and the shell variable that
    each of them is printed as: `$PASSWORD`.
    """
    words: list[str] = ["curl", "-i"]
    usual = "POST" if outgoing.body else "GET"
    if outgoing.method == "HEAD":
        words[1] = "-I"
    elif outgoing.method != usual:
        words += ["-X", outgoing.method]
    words += ["-L"] if outgoing.redirects else []
    words += ["-k"] if not outgoing.verify else []
    words += ["-x", outgoing.proxy] if outgoing.proxy else []
    for name, value in outgoing.headers:
        credentials = _basic(value) if name.lower() == "authorization" else None
        if credentials is not None:
            words += ["-u", ":".join(credentials)]
        elif (name, value) != ("Accept", "*/*"):  # which curl sends by itself
            words += ["-H", f"{name}: {value}"]
    if outgoing.body:
        words += ["--data-binary", outgoing.body.decode("utf-8", "replace")]
    words.append(outgoing.url)
    return " ".join(_quoted(word, standing or {}) for word in words)


def _quoted(word: str, standing: Mapping[str, str]) -> str:
    """A word for the shell, with variables in the places of secrets."""
    for text, name in standing.items():
        if text in word:
            parts = [_quoted(part, standing) if part else "" for part in word.split(text)]
            return f'"${{{name}}}"'.join(parts)
    return shlex.quote(word)
