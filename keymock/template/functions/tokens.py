"""JSON Web Tokens: issued with HMAC, and read without a look at their signature."""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import Any

from keymock.exchange import NOT_JSON, read_json
from keymock.template.errors import Refused
from keymock.template.functions.function import filter_, function, one_of, table, text
from keymock.template.functions.time import shifted
from keymock.template.operators import to_json
from keymock.template.run import Run

_ALGORITHMS = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}


def _jwt(
    run: Run, claims: Any, secret: Any, expires_in: Any = None, algorithm: Any = "HS256", header: Any = None
) -> str:
    """A signed token of these claims. `iat` is now unless given; `exp` comes of `expires_in`, such as `1h`."""
    name = one_of(algorithm, "`algorithm`", _ALGORITHMS)
    now = int(run.values.now)
    payload = {"iat": now, **table(claims, "the claims")}
    if expires_in is not None:
        payload.setdefault("exp", int(shifted(now, expires_in)))
    head = {"alg": name, "typ": "JWT", **({} if header is None else table(header, "`header`"))}
    signed = f"{_part(run, head)}.{_part(run, payload)}"
    signature = hmac.digest(text(secret, "the secret").encode(), signed.encode(), _ALGORITHMS[name])
    return f"{signed}.{_encoded(signature)}"


def _check_jwt(*_given: Any, algorithm: Any = "HS256", expires_in: Any = None, **_named: Any) -> None:
    one_of(algorithm, "`algorithm`", _ALGORITHMS)
    if expires_in is not None:
        shifted(0.0, expires_in)


def _part(run: Run, value: Any) -> str:
    written = to_json(value).encode()
    run.make(2 * len(written))
    return _encoded(written)


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _jwt_claims(run: Run, token: Any) -> Any:
    """The claims of a token; `Bearer ` before it may stay. **Its signature is not verified.**"""
    parts = text(token, "the token").removeprefix("Bearer ").strip().split(".")
    run.make(16 * len(token))
    try:
        claims = read_json(base64.b64decode(parts[1] + "=" * (-len(parts[1]) % 4), altchars=b"-_", validate=True))
    except (IndexError, binascii.Error, ValueError):
        claims = NOT_JSON
    if len(parts) != 3 or not isinstance(claims, dict):
        raise Refused("this is no JSON Web Token")
    return claims


FUNCTIONS = (function("jwt", _jwt, _check_jwt), function("jwt_claims", _jwt_claims))
FILTERS = (filter_("jwt", _jwt, _check_jwt), filter_("jwt_claims", _jwt_claims))
