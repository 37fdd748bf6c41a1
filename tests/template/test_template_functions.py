"""keymock/template/functions/: what docs/templates.md has no room for."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import subprocess
import sys

import pytest
from filling import NOON, values

from keymock.chance import Chance
from keymock.exchange import Request
from keymock.template import Missing, TemplateError, Values, compile


def render(source: str) -> str:
    return compile(source).render(values())


def at(seconds: float, source: str) -> str:
    return compile(source).render(Values(Request("GET", b"/"), chance=Chance(1), now=seconds))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ now('2 weeks 1 day -3h') }}", "2026-06-16T09:00:00Z"),
        ("{{ now('-1y') }} {{ now('+1mo') }} {{ now('500ms', format='iso_ms') }}",
         "2025-06-01T12:00:00Z 2026-07-01T12:00:00Z 2026-06-01T12:00:00.500Z"),
        ("{{ '2026-01-31' | date('date', offset='1 month') }}", "2026-02-28"),
        ("{{ '2024-02-29' | date('date', offset='-1y') }}", "2023-02-28"),
        ("{{ '2026-03-29T00:30:00Z' | date(zone='Europe/Zurich', offset='1h') }}", "2026-03-29T03:30:00+02:00"),
        ("{{ '2026-03-28T01:30:00Z' | date(zone='Europe/Zurich', offset='1d') }}", "2026-03-29T03:30:00+02:00"),
        ("{{ now(zone='+05:30') }} {{ now(zone='-0800', format='%H %z') }}", "2026-06-01T17:30:00+05:30 04 -0800"),
        ("{{ now(truncate='week', format='%A %d') }}", "Monday 01"),
        ("{{ now(truncate='last_day', format='date') }} {{ now(truncate='year', format='date') }}",
         "2026-06-30 2026-01-01"),
        ("{{ now(format='%Y %y %m %d %e %H %I %M %S %L %f %p %a %A %b %B') }}",
         "2026 26 06 01  1 12 12 00 00 000 000000 PM Mon Monday Jun June"),
        ("{{ now(format='%j %u %w %V %G %Z %s %F %T %%') }}", "152 1 1 23 2026 UTC 1780315200 2026-06-01 12:00:00 %"),
        ("{{ 'Mon, 01 Jun 2026 12:00:00 GMT' | date }}", "2026-06-01T12:00:00Z"),
        ("{{ 1780315200123 | date('iso_ms', read='unix_ms') }} {{ 1.5 | date('iso_ms') }}",
         "2026-06-01T12:00:00.123Z 1970-01-01T00:00:01.500Z"),
        ("{{ '2026-06-01T14:00:00+02:00' | date }} {{ '2026-06-01T14:00:00+02:00' | date(zone='UTC') }}",
         "2026-06-01T14:00:00+02:00 2026-06-01T12:00:00Z"),
    ],
)  # fmt: skip
def test_times(source: str, text: str) -> None:
    assert render(source) == text


def test_moments_before_1970_and_beyond_2200() -> None:
    assert at(-86_400.0, "{{ now() }}") == "1969-12-31T00:00:00Z"
    assert at(float(1 << 34), "{{ now() }}") == "2514-05-30T01:53:04Z"


@pytest.mark.parametrize(
    "source",
    [
        "{{ 'soon' | date }}", "{{ true | date }}", "{{ 1e300 | date }}", "{{ now('9999 years') }}",
        "{{ '1.1.' | date(read='%d.%m.%Y') }}", "{{ '' | first }}", "{{ [] | max }}", "{{ [1, 'a'] | max }}",
        "{{ choice([]) }}", "{{ weighted({'a': 0}) }}", "{{ weighted({'a': -1}) }}", "{{ 'a' | split('') }}",
        "{{ 'a' | replace('', 'b') }}", "{{ 'maybe' | bool }}", "{{ '!' | b64decode }}", "{{ '/w==' | b64decode }}",
        "{{ jwt_claims('a.b') }}", "{{ jwt_claims('a.e30=.c.d') }}", "{{ 5 | first }}", "{{ 5 | length }}",
        "{{ [1] | join(2) }}", "{{ 'x' | merge({}) | merge(1) }}", "{{ {} | sort }}", "{{ range(1, 5, 0) }}",
        "{{ ('a' * 70000) | regex_find('a') }}", "{{ 'ab' | regex_replace('(a)', '\\\\7') }}", "{{ [1] | sum('a') }}",
        "{{ 'a' | regex_find('a', 3) }}", "{{ 'NaN' | float }}", "{{ '1_0' | int(base=2) }}",
        "{{ -5 is divisibleby 0 }}",
    ],
)  # fmt: skip
def test_refusals_are_sentences_with_a_place(source: str) -> None:
    with pytest.raises(TemplateError) as caught:
        render(source)
    assert caught.value.column > 3
    assert caught.value.message


@pytest.mark.parametrize(
    "source",
    [
        "{{ [] | first | default('-') }}",
        "{{ '' | last | default('-') }}",
        "{{ request.json | jsonpath('$.nope') | default('-') }}",
        "{{ 'a' | regex_find('b') | default('-') }}",
        "{{ data.users | find('id', 9) | default('-') }}",
    ],
)
def test_what_is_not_found_is_missing(source: str) -> None:
    assert render(source) == "-"
    with pytest.raises(Missing):
        render(source.replace("| default('-')", ""))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ [none, 'b', 2, true, 'a', 1] | sort }}", '[null,true,1,2,"a","b"]'),
        ("{{ [3, 1, 2] | sort(reverse=true) }}", "[3,2,1]"),
        ("{{ [1, 1.0, true, '1'] | unique }}", '[1,true,"1"]'),
        ("{{ [{'a': {'b': 2}}, {'a': {'b': 1}}] | sort(by='a.b') | map(attribute='a.b') }}", "[1,2]"),
        ("{{ {'a': [1]} | merge({'a': [2], 'c': {'d': none}}) }}", '{"a":[2],"c":{}}'),
        ("{{ '  7 ' | int }} {{ '7.9' | int }} {{ 7.9 | int }} {{ '1e3' | float }} {{ true | int }}", "7 7 7 1000.0 1"),
        ("{{ -2.5 | round }} {{ 2.5 | round }} {{ 2.675 | round(2) }} {{ 5 | round(2) }}", "-3 3 2.68 5"),
        ("{{ 'aXbX' | regex_replace('X', '-') }}", "a-b-"),
        ("{{ 'Ada Lovelace' | regex_replace('(?P<a>\\\\w+) (\\\\w+)', '\\\\2, \\\\g<a>') }}", "Lovelace, Ada"),
        ("{{ 'k=v' | regex_find('(?P<key>\\\\w)=(?P<value>\\\\w)', 'value') }}", "v"),
        ("{{ 'é' | b64encode(url=true) }} {{ 'w6k' | b64decode }}", "w6k é"),
        ("{{ ['a b', 'c'] | urlencode }} {{ {'t': ['a', 'b']} | urlencode }}", "%5B%22a%20b%22%2C%22c%22%5D t=a&t=b"),
        ("{{ '</script>' | tojson }}", '"</script>"'),
    ],
)
def test_filters_at_their_edges(source: str, text: str) -> None:
    assert render(source) == text


def test_a_token_is_what_its_standard_says() -> None:
    token = render(
        "{{ jwt({'sub': 'ada', 'iat': 5}, 'key', expires_in='1h', algorithm='HS512', header={'kid': 'k'}) }}"
    )
    head, payload, signature = token.split(".")

    def read(part: str) -> bytes:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))

    assert json.loads(read(head)) == {"alg": "HS512", "typ": "JWT", "kid": "k"}
    assert json.loads(read(payload)) == {"iat": 5, "sub": "ada", "exp": int(NOON) + 3600}
    assert read(signature) == hmac.digest(b"key", f"{head}.{payload}".encode(), "sha512")


def test_a_signature_as_webhooks_send_it() -> None:
    signed = render("sha256={{ request.body | hmac('secret') }}")
    body = values().request.body or b""
    assert signed == "sha256=" + hmac.new(b"secret", body, hashlib.sha256).hexdigest()


def test_draws_follow_one_another() -> None:
    first, second = render("{{ uuid() }} {{ uuid() }}").split()
    assert first != second
    assert render("{{ uuid() }}") == first


def test_fake_data_in_other_languages() -> None:
    from mimesis import Locale

    from keymock.template.functions.fake import LOCALES

    assert set(LOCALES) == {locale.value for locale in Locale}
    assert render("{{ fake.city(locale='de') }}") != render("{{ fake.city() }}")
    with pytest.raises(TemplateError, match="`locale` cannot be `xx`"):
        compile("{{ fake.city(locale='xx') }}")


def test_fake_moments_are_relative_to_now() -> None:
    assert at(NOON, "{{ fake.past('1d') }}")[:7] in ("2026-05", "2026-06")
    assert at(0.0, "{{ fake.future('1d') }}").startswith("1970-01-01")


def test_nothing_heavy_is_imported_before_it_is_used() -> None:
    code = "import sys, keymock.template; print([name for name in ('mimesis', 'jsonpath') if name in sys.modules])"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert made.stdout.strip() == "[]"
