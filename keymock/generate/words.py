"""Values that look as if they were meant: by the format of a schema, and by the name of a field."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from keymock.chance import Stream

FIRST = ("Ada", "Amir", "Bea", "Carlos", "Chen", "Dana", "Elif", "Emeka", "Farah", "Grace", "Hiro", "Ines", "Jonas",
         "Kira", "Lena", "Malik", "Nora", "Omar", "Priya", "Rosa", "Sven", "Tara", "Uma", "Yusuf")  # fmt: skip
LAST = ("Abe", "Berg", "Costa", "Diaz", "Egger", "Fischer", "Gupta", "Haas", "Ito", "Jensen", "Khan", "Lopez",
        "Meier", "Novak", "Okafor", "Petrov", "Quinn", "Rossi", "Silva", "Tanaka", "Weber", "Yilmaz")  # fmt: skip
CITIES = ("Zurich", "Lagos", "Lima", "Osaka", "Porto", "Bergen", "Nairobi", "Austin", "Pune", "Lyon", "Quito", "Seoul")
COUNTRIES = (("Switzerland", "CH"), ("Nigeria", "NG"), ("Peru", "PE"), ("Japan", "JP"), ("Portugal", "PT"),
             ("Norway", "NO"), ("Kenya", "KE"), ("India", "IN"), ("France", "FR"), ("Ecuador", "EC"))  # fmt: skip
STREETS = ("Mill Lane", "Station Road", "High Street", "Harbour Walk", "Orchard Way", "King Street", "River Road")
COMPANIES = ("Northwind", "Acme", "Globex", "Initech", "Umbra", "Fabrikam", "Contoso", "Hooli")
WORDS = ("amber", "bright", "cedar", "delta", "ember", "fable", "grove", "harbor", "iris", "juniper", "kite", "lumen",
         "maple", "north", "opal", "pine", "quartz", "river", "slate", "tidal", "umber", "violet", "willow",
         "zephyr")  # fmt: skip
START = datetime(2026, 1, 1, tzinfo=UTC)
"""Dates are of the year from here on: of no clock, so that the same seed says the same tomorrow."""

Draw = Callable[[Stream], Any]


def _moment(stream: Stream) -> datetime:
    return START + timedelta(seconds=stream.below(365 * 86400))


def _one(options: tuple[str, ...]) -> Draw:
    return lambda stream: stream.choice(options)


def _address(stream: Stream) -> str:
    return f"{stream.choice(FIRST).lower()}.{stream.choice(LAST).lower()}@example.com"


def _host(stream: Stream) -> str:
    return f"{stream.choice(WORDS)}.example.com"


def _url(stream: Stream) -> str:
    return f"https://{_host(stream)}/{stream.choice(WORDS)}"


def _sentence(stream: Stream) -> str:
    return " ".join(stream.choice(WORDS) for _ in range(4 + stream.below(4))).capitalize() + "."


def _base64(stream: Stream) -> str:
    return base64.b64encode(stream.choice(WORDS).encode()).decode()


def _duration(stream: Stream) -> str:
    return f"PT{1 + stream.below(59)}M"


FORMATS: dict[str, Draw] = {
    "date-time": lambda stream: _moment(stream).strftime("%Y-%m-%dT%H:%M:%SZ"),
    "date": lambda stream: _moment(stream).strftime("%Y-%m-%d"),
    "time": lambda stream: _moment(stream).strftime("%H:%M:%SZ"),
    "partial-time": lambda stream: _moment(stream).strftime("%H:%M:%S"),
    "duration": _duration,
    "email": _address,
    "idn-email": _address,
    "hostname": _host,
    "idn-hostname": _host,
    "ipv4": lambda stream: f"192.0.2.{1 + stream.below(254)}",
    "ip": lambda stream: f"192.0.2.{1 + stream.below(254)}",
    "ipv6": lambda stream: f"2001:db8::{1 + stream.below(0xFFFE):x}",
    "uri": _url,
    "url": _url,
    "iri": _url,
    "uri-reference": lambda stream: f"/{stream.choice(WORDS)}",
    "iri-reference": lambda stream: f"/{stream.choice(WORDS)}",
    "uri-template": lambda stream: f"https://{_host(stream)}/{{id}}",
    "uuid": lambda stream: stream.uuid(),
    "guid": lambda stream: stream.uuid(),
    "json-pointer": lambda stream: f"/{stream.choice(WORDS)}",
    "relative-json-pointer": lambda stream: f"0/{stream.choice(WORDS)}",
    "regex": lambda stream: f"^{stream.choice(WORDS)}$",
    "byte": _base64,
    "base64": _base64,
    "binary": lambda stream: stream.choice(WORDS),
    "password": lambda stream: stream.string(14, "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"),
}
"""Text by format. Hosts, addresses and numbers are those set aside for documentation: nobody's."""

_NAMED: tuple[tuple[str, Draw], ...] = (
    (r"e?mail(address)?", _address),
    (r"(first|given)name|firstname|givenname", _one(FIRST)),
    (r"(last|family|sur)name|lastname|surname", _one(LAST)),
    (r"(full|customer|user|owner|author|contact|display)name|fullname|author|owner",
     lambda stream: f"{stream.choice(FIRST)} {stream.choice(LAST)}"),
    (r"(user|login|nick)(name)?|handle|username", lambda stream: f"{stream.choice(FIRST).lower()}{stream.below(100)}"),
    (r"(company|organi[sz]ation|employer|vendor|brand|manufacturer)(name)?", _one(COMPANIES)),
    (r"city|town", _one(CITIES)),
    (r"countrycode", lambda stream: stream.choice(COUNTRIES)[1]),
    (r"country", lambda stream: stream.choice(COUNTRIES)[0]),
    (r"street(address|name)?|address(line)?1?", lambda stream: f"{1 + stream.below(120)} {stream.choice(STREETS)}"),
    (r"(zip|postal|post)(code)?", lambda stream: str(10000 + stream.below(89999))),
    (r"(phone|mobile|fax|tel|telephone)(number)?", lambda stream: f"+41 44 555 {stream.below(90) + 10} "
                                                                  f"{stream.below(90) + 10}"),
    (r"currency(code)?", _one(("CHF", "EUR", "USD", "GBP", "JPY"))),
    (r"(lang|language|locale)(code)?", _one(("en", "de", "fr", "pt", "ja"))),
    (r"timezone|tz", _one(("Europe/Zurich", "Africa/Lagos", "America/Lima", "Asia/Tokyo"))),
    (r"(colou?r)", _one(("teal", "coral", "indigo", "olive", "crimson"))),
    (r"(url|uri|link|href|website|homepage|callback|webhook)", _url),
    (r"(avatar|image|photo|picture|icon|logo|thumbnail)(url)?",
     lambda stream: f"https://{_host(stream)}/{stream.choice(WORDS)}.png"),
    (r"(host|domain)(name)?", _host),
    (r"ip(address)?", FORMATS["ipv4"]),
    (r"(uuid|guid)", FORMATS["uuid"]),
    (r"id|key|token|reference|ref|sku|hash|code|etag|cursor",
     lambda stream: stream.string(10, "abcdefghijkmnpqrstuvwxyz23456789")),
    (r"(created|updated|modified|deleted|published|expires|started|ended|timestamp|datetime)(at|on|time|date)?"
     r"|[a-z]+(at|datetime)", FORMATS["date-time"]),
    (r"(date|birthday|dob|birthdate|dateofbirth)|[a-z]+date", FORMATS["date"]),
    (r"status|state", _one(("active", "pending", "done"))),
    (r"(description|summary|message|comment|text|content|body|note|notes|bio|detail|details|reason)", _sentence),
    (r"(title|subject|headline|label|name|displayname)",
     lambda stream: f"{stream.choice(WORDS).capitalize()} {stream.choice(WORDS)}"),
    (r"(password|secret)", FORMATS["password"]),
    (r"version", lambda stream: f"1.{stream.below(20)}.{stream.below(10)}"),
    (r"(gender|sex)", _one(("female", "male", "other"))),
    (r"(mime|media|content)type", _one(("application/json", "image/png", "text/plain"))),
    (r"(file|file_)name|filename", lambda stream: f"{stream.choice(WORDS)}.pdf"),
    (r"slug", lambda stream: f"{stream.choice(WORDS)}-{stream.choice(WORDS)}"),
)  # fmt: skip
_TEXTS = tuple((re.compile(pattern), draw) for pattern, draw in _NAMED)

_NUMBERS: tuple[tuple[re.Pattern[str], int, int], ...] = tuple(
    (re.compile(pattern), low, high)
    for pattern, low, high in (
        (r"(age)", 18, 90),
        (r"(year)", 2015, 2026),
        (r"(month)", 1, 12),
        (r"(day)", 1, 28),
        (r"(hour)", 0, 23),
        (r"(minute|second)s?", 0, 59),
        (r"(lat|latitude)", -60, 70),
        (r"(lng|lon|long|longitude)", -170, 170),
        (r"(percent|percentage|progress)", 0, 100),
        (r"(rating|stars|score)", 1, 5),
        (r"(quantity|qty|count|limit|page|pages|size|items|total|number|position|index|order|level)", 1, 20),
        (r"(port)", 1024, 65000),
        (r"(width|height)", 100, 1200),
        (r"(timestamp|created|updated|expires|time)", 1_767_225_600, 1_798_761_599),
        (r"(price|amount|cost|fee|tax|subtotal|balance|value|sum)", 1, 500),
        (r"(status|statuscode)", 200, 200),
    )
)


def by_format(name: str, stream: Stream) -> str | None:
    """Text of a format; None for a format that says nothing about text."""
    draw = FORMATS.get(name)
    return str(draw(stream)) if draw is not None else None


def text(name: str, stream: Stream) -> str:
    """Text that fits a field of that name."""
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    last = _last_word(name)
    for wanted in (plain, last):
        for pattern, draw in _TEXTS:
            if wanted and pattern.fullmatch(wanted):
                return str(draw(stream))
    return str(stream.choice(WORDS))


def number(name: str, stream: Stream, whole: bool) -> int | float:
    """A number that fits a field of that name."""
    for wanted in (re.sub(r"[^a-z0-9]", "", name.lower()), _last_word(name)):
        for pattern, low, high in _NUMBERS:
            if wanted and pattern.fullmatch(wanted):
                return stream.int(low, high) if whole else round(stream.float(low, high), 2)
    return 1 + stream.below(999) if whole else round(stream.float(1, 100), 2)


def _last_word(name: str) -> str:
    """`shippingAddress`, `shipping_address` → `address`."""
    words = re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)
    return words[-1].lower() if words else ""
