"""Where a request comes from and goes to: `host`, `scheme`, `client`."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import UNSET

from keymock.match.condition import Condition, Fault
from keymock.match.place import Place, ReadFile, cleaned, of_values
from keymock.match.spelling import Conditions


def _reader(where: str, *, lower: bool) -> Callable[[Conditions, ReadFile | None], Iterable[Condition | Fault]]:
    def read(conditions: Conditions, _read: ReadFile | None) -> Iterable[Condition | Fault]:
        value = getattr(conditions, where)
        if value is UNSET:
            return
        yield cleaned(where, "", value.lower() if lower and isinstance(value, str) else value, (where,))

    return read


HOST: Place = of_values(
    where="host",
    cost=2,
    read=_reader("host", lower=True),
    find=lambda _condition: lambda request: (request.host,),
)
SCHEME: Place = of_values(
    where="scheme",
    cost=2,
    read=_reader("scheme", lower=True),
    find=lambda _condition: lambda request: (request.scheme,),
)
CLIENT: Place = of_values(
    where="client",
    cost=3,
    read=_reader("client", lower=False),
    find=lambda _condition: lambda request: (request.client,),
)
