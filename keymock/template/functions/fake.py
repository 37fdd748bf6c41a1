"""`fake.…()`: names, addresses and so on that look real, from mimesis.

Only what is a function of the seed stands in the table: mimesis also has members that look at today's date or draw from
the operating system. Its data may change from one of its releases to the next, and values with it.
"""

from __future__ import annotations

import functools
from typing import Any

from keymock.template.errors import Refused
from keymock.template.functions.function import function, one_of, whole
from keymock.template.functions.time import iso, shifted
from keymock.template.run import Run

LOCALES = (
    "ar-ae", "ar-dz", "ar-eg", "ar-jo", "ar-kw", "ar-ma", "ar-om", "ar-qa", "ar-sa", "ar-sy", "ar-tn", "ar-ye", "az",
    "cs", "da", "de", "de-at", "de-ch", "el", "en", "en-au", "en-ca", "en-gb", "es", "es-mx", "et", "fa", "fi", "fr",
    "hr", "hu", "is", "it", "ja", "kk", "ko", "nl", "nl-be", "no", "pl", "pt", "pt-br", "ru", "sk", "sv", "tr", "uk",
    "zh",
)  # fmt: skip

MEMBERS: dict[str, tuple[str, str]] = {
    "name": ("person", "full_name"),
    "first_name": ("person", "first_name"),
    "last_name": ("person", "last_name"),
    "username": ("person", "username"),
    "phone": ("person", "phone_number"),
    "password": ("person", "password"),
    "job": ("person", "occupation"),
    "nationality": ("person", "nationality"),
    "language": ("person", "language"),
    "university": ("person", "university"),
    "address": ("address", "address"),
    "street": ("address", "street_name"),
    "street_number": ("address", "street_number"),
    "city": ("address", "city"),
    "state": ("address", "state"),
    "postal_code": ("address", "postal_code"),
    "country": ("address", "country"),
    "country_code": ("address", "country_code"),
    "continent": ("address", "continent"),
    "latitude": ("address", "latitude"),
    "longitude": ("address", "longitude"),
    "airport": ("address", "iata_code"),
    "url": ("internet", "url"),
    "hostname": ("internet", "hostname"),
    "ipv4": ("internet", "ip_v4"),
    "ipv6": ("internet", "ip_v6"),
    "mac": ("internet", "mac_address"),
    "port": ("internet", "port"),
    "user_agent": ("internet", "user_agent"),
    "company": ("finance", "company"),
    "bank": ("finance", "bank"),
    "price": ("finance", "price"),
    "currency": ("finance", "currency_iso_code"),
    "stock_ticker": ("finance", "stock_ticker"),
    "credit_card": ("payment", "credit_card_number"),
    "card_network": ("payment", "credit_card_network"),
    "cvv": ("payment", "cvv"),
    "isbn": ("code", "isbn"),
    "ean": ("code", "ean"),
    "imei": ("code", "imei"),
    "dish": ("food", "dish"),
    "fruit": ("food", "fruit"),
    "vegetable": ("food", "vegetable"),
    "drink": ("food", "drink"),
    "car": ("transport", "car"),
    "phone_model": ("hardware", "phone_model"),
    "file_name": ("file", "file_name"),
    "mime_type": ("file", "mime_type"),
    "color": ("text", "color"),
    "hex_color": ("text", "hex_color"),
    "word": ("text", "word"),
    "sentence": ("text", "sentence"),
    "title": ("text", "title"),
    "quote": ("text", "quote"),
}
"""`fake.…`: a provider of mimesis and its member."""


@functools.lru_cache(maxsize=8)
def _providers(locale: str) -> Any:
    from mimesis import Generic, Locale  # noqa: PLC0415  (heavy: 130 ms)

    return Generic(Locale(locale), seed=0)


def _provider(run: Run, name: str, locale: Any) -> Any:
    """A provider of mimesis, seeded anew for one draw: it keeps nothing from one to the next."""
    provider = getattr(_providers(one_of(locale, "`locale`", LOCALES)), name)
    provider.random.seed(run.values.chance.stream("template").bits(64))
    return provider


def _fake(provider: str, member: str) -> Any:
    def fake(run: Run, locale: Any = "en") -> Any:
        made = getattr(_provider(run, provider, locale), member)()
        return made if isinstance(made, (str, int, float)) else str(made)

    return fake


def _email(run: Run, locale: Any = "en") -> str:
    """An address that belongs to nobody: mimesis' own are of large providers, and may be somebody's."""
    return str(_provider(run, "person", locale).email(domains=["example.com", "example.org", "example.net"]))


def _paragraph(run: Run, sentences: Any = 5, locale: Any = "en") -> str:
    count = whole(sentences, "`sentences`", 1, 100)
    run.step(count * 8)
    return str(_provider(run, "text", locale).text(quantity=count))


def _words(run: Run, count: Any = 5, locale: Any = "en") -> list[str]:
    wanted = whole(count, "`count`", 1, 1000)
    run.step(wanted)
    return list(_provider(run, "text", locale).words(quantity=wanted))


def _past(run: Run, within: Any = "1y") -> str:
    """A moment before now, at most so far away."""
    now = run.values.now
    earliest = shifted(now, f"-{within}")
    return iso(run.values.chance.stream("template").float(min(earliest, now), now))


def _future(run: Run, within: Any = "1y") -> str:
    """A moment after now, at most so far away."""
    now = run.values.now
    return iso(run.values.chance.stream("template").float(now, max(now, shifted(now, within))))


def _check(*_given: Any, locale: Any = "en", **_named: Any) -> None:
    one_of(locale, "`locale`", LOCALES)


def _check_within(within: Any = "1y") -> None:
    if shifted(0.0, within) <= 0:
        raise Refused("`within` leads backwards", "write it without a sign: `1y`, `30d`")


FUNCTIONS = (
    *(function(f"fake.{name}", _fake(*member), _check) for name, member in MEMBERS.items()),
    function("fake.email", _email, _check),
    function("fake.words", _words, _check),
    function("fake.paragraph", _paragraph, _check),
    function("fake.past", _past, _check_within),
    function("fake.future", _future, _check_within),
)
