"""An exchange as the mock that answers the same again; of a request that nobody answered, one that answers it."""

from __future__ import annotations

from base64 import b64decode

from keymock import distilling
from keymock.drafting import Wish
from keymock.journal.abroad import Shown
from keymock.redaction import SecretNames


class NotKept(ValueError):
    """The journal did not keep the body that was answered."""


def wish_of(entry: Shown, path: str, names: SecretNames) -> Wish:
    """The mock of an exchange as the journal shows it: no secrets. `path` is as mocks of its space write it.

    What answered may be the real API. Of a request without an answer, one with status 200 and no body. Raises NotKept.
    """
    route = distilling.route_of(path)
    if not entry["mock"] and entry.get("source") != "real":
        return Wish(methods=(entry["method"],), path=route)
    response = entry["response"]
    body = b64decode(response["body_base64"]) if "body_base64" in response else response.get("body", "").encode()
    if response["size"] and not body:
        raise NotKept(f"the journal did not keep the body of exchange {entry['id']}")
    headers: dict[str, list[str]] = {}
    for name, value in response["headers"]:
        if not name.startswith("x-keymock-"):
            headers.setdefault(name, []).append(value)
    kind = headers.get("content-type", [""])[0]
    return distilling.wish_of(entry["method"], route, entry["status"], {**headers}, body, kind, names)
