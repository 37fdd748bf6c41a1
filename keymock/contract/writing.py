"""Values written as parameters of a request and headers of an answer: the way back from `styles`."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec

from keymock.contract.model import Parameter


def written(parameter: Parameter, value: Any) -> list[tuple[str, str]]:
    """A value as a client writes it: name and escaped value; several of them for what is exploded in a query.

    For a path, a header or a cookie that is one pair, and its second part is what counts.
    """
    name, style = parameter.name, parameter.style
    if parameter.content:
        text = msgspec.json.encode(value).decode() if "json" in parameter.content else _text(value)
        return [(name, _escaped(text, parameter))]
    if isinstance(value, list):
        return _written_list(parameter, [_escaped(_text(each), parameter) for each in value])
    if isinstance(value, dict):
        return _written_table(parameter, value)
    text = _escaped(_text(value), parameter)
    prefix = {"label": ".", "matrix": f";{name}="}.get(style, "")
    return [(name, prefix + text)]


def _written_list(parameter: Parameter, items: list[str]) -> list[tuple[str, str]]:
    name, style = parameter.name, parameter.style
    if style == "label":
        return [(name, "." + (".".join(items) if parameter.explode else ",".join(items)))]
    if style == "matrix":
        return [(name, "".join(f";{name}={item}" for item in items) if parameter.explode else
                 f";{name}=" + ",".join(items))]  # fmt: skip
    if style in ("form", "deepObject") and parameter.explode and parameter.place == "query":
        return [(name, item) for item in items]
    delimiter = {"spaceDelimited": "%20", "pipeDelimited": "|", "tabDelimited": "%09"}.get(style, ",")
    return [(name, delimiter.join(items))]


def _written_table(parameter: Parameter, value: dict[str, Any]) -> list[tuple[str, str]]:
    name, style = parameter.name, parameter.style
    parts = [(key, _escaped(_text(each), parameter)) for key, each in value.items()]
    if style == "deepObject":
        return [(f"{name}[{key}]", each) for key, each in parts]
    if parameter.place == "query" and parameter.explode:
        return parts
    equals = [f"{key}={each}" for key, each in parts]
    flat = [part for pair in parts for part in pair]
    if style == "label":
        return [(name, "." + (".".join(equals) if parameter.explode else ",".join(flat)))]
    if style == "matrix":
        return [(name, ";" + (";".join(equals) if parameter.explode else f"{name}=" + ",".join(flat)))]
    return [(name, ",".join(equals if parameter.explode else flat))]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return msgspec.json.encode(value).decode()
    return str(value)


def _escaped(text: str, parameter: Parameter) -> str:
    if parameter.place in ("header", "cookie"):
        return text
    return quote(text, safe=":/?#[]@!$&'()*+,;=" if parameter.reserved and parameter.place == "query" else "")


def written_header(value: Any) -> str:
    """A value as the text of a response's header, style `simple`; no line breaks."""
    if isinstance(value, list):
        text = ",".join(_text(each) for each in value)
    elif isinstance(value, dict):
        text = ",".join(f"{key},{_text(each)}" for key, each in value.items())
    else:
        text = _text(value)
    return " ".join(text.split())
