"""`x-faker`: a value by the name of faker-js' method, from mimesis."""

from __future__ import annotations

import functools
from typing import Any

from keymock.chance import Stream

METHODS: dict[str, tuple[str, str]] = {
    "person.firstname": ("person", "first_name"),
    "person.lastname": ("person", "last_name"),
    "person.fullname": ("person", "full_name"),
    "person.jobtitle": ("person", "occupation"),
    "name.firstname": ("person", "first_name"),
    "name.lastname": ("person", "last_name"),
    "name.fullname": ("person", "full_name"),
    "name.findname": ("person", "full_name"),
    "name.jobtitle": ("person", "occupation"),
    "phone.number": ("person", "phone_number"),
    "phone.phonenumber": ("person", "phone_number"),
    "internet.username": ("person", "username"),
    "internet.password": ("person", "password"),
    "internet.url": ("internet", "url"),
    "internet.domainname": ("internet", "hostname"),
    "internet.ip": ("internet", "ip_v4"),
    "internet.ipv4": ("internet", "ip_v4"),
    "internet.ipv6": ("internet", "ip_v6"),
    "internet.mac": ("internet", "mac_address"),
    "internet.useragent": ("internet", "user_agent"),
    "location.city": ("address", "city"),
    "location.country": ("address", "country"),
    "location.countrycode": ("address", "country_code"),
    "location.state": ("address", "state"),
    "location.street": ("address", "street_name"),
    "location.streetaddress": ("address", "address"),
    "location.zipcode": ("address", "postal_code"),
    "location.latitude": ("address", "latitude"),
    "location.longitude": ("address", "longitude"),
    "address.city": ("address", "city"),
    "address.country": ("address", "country"),
    "address.countrycode": ("address", "country_code"),
    "address.state": ("address", "state"),
    "address.streetname": ("address", "street_name"),
    "address.streetaddress": ("address", "address"),
    "address.zipcode": ("address", "postal_code"),
    "address.latitude": ("address", "latitude"),
    "address.longitude": ("address", "longitude"),
    "company.name": ("finance", "company"),
    "company.companyname": ("finance", "company"),
    "commerce.price": ("finance", "price"),
    "commerce.productname": ("text", "word"),
    "commerce.product": ("text", "word"),
    "commerce.isbn": ("code", "isbn"),
    "finance.currencycode": ("finance", "currency_iso_code"),
    "finance.creditcardnumber": ("payment", "credit_card_number"),
    "finance.creditcardcvv": ("payment", "cvv"),
    "finance.amount": ("finance", "price"),
    "lorem.word": ("text", "word"),
    "lorem.words": ("text", "title"),
    "lorem.sentence": ("text", "sentence"),
    "lorem.paragraph": ("text", "text"),
    "lorem.text": ("text", "text"),
    "color.human": ("text", "color"),
    "color.rgb": ("text", "hex_color"),
    "system.filename": ("file", "file_name"),
    "system.mimetype": ("file", "mime_type"),
    "vehicle.vehicle": ("transport", "car"),
}
"""By lower-case name: a provider of mimesis and its member."""

_OWN = {"internet.email": "email", "string.uuid": "uuid", "datatype.uuid": "uuid", "date.past": "date-time",
        "date.future": "date-time", "date.recent": "date-time", "date.soon": "date-time"}  # fmt: skip


@functools.lru_cache(maxsize=1)
def _providers() -> Any:
    from mimesis import Generic, Locale  # noqa: PLC0415  (heavy: 130 ms)

    return Generic(Locale("en"), seed=0)


def faked(asked: Any, stream: Stream) -> Any:
    """A value for `x-faker: person.firstName`, or for a table with that one key; None for a method that is unknown."""
    name = next(iter(asked), "") if isinstance(asked, dict) else asked
    if not isinstance(name, str):
        return None
    name = name.lower().replace("faker.", "")
    if name in _OWN:
        from keymock.generate import words  # noqa: PLC0415  (beside mimesis, it costs nothing)

        return words.by_format(_OWN[name], stream)
    if name not in METHODS:
        return None
    provider, member = METHODS[name]
    made = getattr(_providers(), provider)
    made.random.seed(stream.bits(64))
    value = getattr(made, member)()
    return value if isinstance(value, str | int | float) else str(value)
