"""Templates that want all the memory or all the time.

test_template_hostile.py runs this file in a process with little memory; each line that it writes tells how one ended.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from functools import partial

from keymock.chance import Chance
from keymock.exchange import Request
from keymock.template import TemplateError, Values, compile, compile_json

MEMORY = 512 * 1024 * 1024
DOUBLING = 40

HOSTILE = {
    "one-long-text": "{{ 'a' * 3000000000 }}",
    "long-text-by-steps": "{% set a = 'a' * 1000000 %}{% set b = a * 1000 %}{% set c = b * 1000 %}{{ c | length }}",
    "doubling-by-tilde": "{% set a = 'aaaaaaaa' %}" + "{% set a = a ~ a %}" * DOUBLING + "{{ a | length }}",
    "doubling-by-plus": "{% set a = 'aaaaaaaa' %}" + "{% set a = a + a %}" * DOUBLING + "{{ a | length }}",
    "doubling-lists": "{% set a = [0] %}" + "{% set a = a + a %}" * DOUBLING + "{{ a | length }}",
    "doubling-by-sharing": "{% set a = [0] %}" + "{% set a = [a, a] %}" * DOUBLING + "{{ a }}",
    "doubling-objects": "{% set a = {} %}" + "{% set a = {'x': a, 'y': a} %}" * DOUBLING + "{{ a | tojson }}",
    "comparing-shared": "{% set a = [0] %}{% set b = [0] %}"
    + "{% set a = [a, a] %}{% set b = [b, b] %}" * DOUBLING
    + "{{ a == b }}",
    "doubling-blocks": "{% set a %}xxxxxxxx{% endset %}"
    + "{% set a %}{{ a }}{{ a }}{% endset %}" * DOUBLING
    + "{{ a }}",
    "doubling-by-append": "{% set a = [0] %}" + "{% set a = a | append(a) %}" * DOUBLING + "{{ a }}",
    "doubling-by-merge": "{% set a = {} %}" + "{% set a = {} | merge({'x': a, 'y': a}) %}" * DOUBLING + "{{ a }}",
    "replace": "{{ ('a' * 100000) | replace('a', 'a' * 100000) }}",
    "replace-thrice": "{{ 'aaaaaaaaaa'" + " | replace('a', 'a' * 1000)" * 3 + " }}",
    "regex-replace": "{{ ('a' * 60000) | regex_replace('a', 'a' * 60000) }}",
    "regex-groups": "{{ ('a' * 60000) | regex_replace('(a*)', '" + "\\\\1" * 100 + "') }}",
    "join": "{{ range(40000) | join('a' * 100000) }}",
    "padding": "{{ 'a' | ljust(3000000000) }}",
    "padding-often": "{% for i in range(49000) %}{{ 'a' | ljust(10000) }}{% endfor %}",
    "loop-of-text": "{% for i in range(20000) %}" + "x" * 100_000 + "{% endfor %}",
    "loop-of-bodies": "{% for i in range(9000) %}{{ request.body }}{% endfor %}",
    "loop-of-hashes": "{% for i in range(20000) %}{{ request.body | sha256 }}{% endfor %}",
    "loop-of-encodings": "{% for i in range(20000) %}{{ request.body | b64encode | length }}{% endfor %}",
    "loop-of-searches": "{% for i in range(20000) %}{{ 'nothing' in request.body }}{% endfor %}",
    "loop-of-comparisons": "{% for i in range(20000) %}{{ request.json == data.same }}{% endfor %}",
    "loop-of-selectors": "{% for i in range(20000) %}{{ request.json | jsonpath('$..x') }}{% endfor %}",
    "loop-of-sorts": "{% for i in range(20000) %}{{ request.json.items | sort | length }}{% endfor %}",
    "loop-of-json": "{% for i in range(20000) %}{{ request.body | fromjson | length }}{% endfor %}",
    "loop-of-regexes": "{% for i in range(40000) %}{{ request.body[:60000] | regex_find('(a|b|y)*z') }}{% endfor %}",
    "loops-in-loops": "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}"
    "{% endfor %}{% endfor %}{% endfor %}",
    "loop-of-draws": "{% for i in range(40000) %}{{ random_string(60000) | length }}{% endfor %}",
    "loop-of-names": "{% for i in range(40000) %}{{ fake.paragraph(100) | length }}{% endfor %}",
    "long-range": "{{ range(10000000000000000000) | length }}",
    "wide-range": "{{ range(-9000000000000000000, 9000000000000000000) | length }}",
    "power": "{{ 10 ** 1000000 }}",
    "power-of-powers": "{{ 9 ** 9 ** 9 ** 9 }}",
    "squares": "{% set a = 9 %}" + "{% set a = a * a %}" * DOUBLING + "{{ a }}",
    "brackets": "{{ " + "(" * 20_000 + "1" + ")" * 20_000 + " }}",
    "lists-in-lists": "{{ " + "[" * 20_000 + "]" * 20_000 + " }}",
    "long-chain": "{{ 1" + " + 1" * 20_000 + " }}",
    "many-nots": "{{ " + "not " * 20_000 + "1 }}",
    "many-minuses": "{{ " + "-" * 20_000 + "1 }}",
    "long-pipe": "{{ 'a'" + " | upper" * 20_000 + " }}",
    "many-ifs": "{{ 1" + " if 1 else 1" * 20_000 + " }}",
    "many-dots": "{{ request.json" + ".a" * 20_000 + " }}",
    "deep-blocks": "{% if 1 %}" * 5_000 + "{% endif %}" * 5_000,
    "deep-value": "{% set a = [] %}" + "{% set a = [a] %}" * 3_000 + "{{ a }}",
    "deep-comparison": "{% set a = [] %}{% set b = [] %}"
    + "{% set a = [a] %}{% set b = [b] %}" * 1_500
    + "{{ a == b }}",
    "deep-enough-comparison": "{% set a = [] %}{% set b = [] %}"
    + "{% set a = [a] %}{% set b = [b] %}" * 480
    + "{{ a == b }}{{ a }}",
    "deep-json": "{{ ('[' * 100000) | fromjson }}",
    "format-width": "{{ now(format='%999999999d') }}",
    "multiplying-selector": "{{ request.json | jsonpath('$" + "[*,*]" * 30 + "') }}",
    "months": "{{ now('999999999 years') }}",
    "shuffle": "{% for i in range(40000) %}{{ shuffle(request.json.items) | length }}{% endfor %}",
    "join-forever": "{{ request.json.items | join(request.body) | length }}",
}


def main() -> None:
    body = ('{"items": [' + "1," * 200_000 + '1], "pad": "' + "y" * 2_000_000 + '"}').encode()
    request = Request("POST", b"/", headers=[(b"content-type", b"application/json")], body=body)
    same = Request("POST", b"/", body=body).json
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    values = Values(request, chance=Chance(1), now=0.0, data={"same": same})
    for name, source in HOSTILE.items():
        started = time.process_time()
        ended = [_ended(partial(_as_text, source, values)), _ended(partial(_as_json, source, values))]
        sys.stdout.write(json.dumps([name, ended, time.process_time() - started]) + "\n")
        sys.stdout.flush()


def _as_text(source: str, values: Values) -> str:
    return compile(source).render(values)


def _as_json(source: str, values: Values) -> bytes:
    return compile_json({"a": [source, source]}).encode(values)


def _ended(render: Callable[[], str | bytes]) -> str:
    try:
        return f"{len(render())} characters"
    except TemplateError as fault:
        return f"refused: {fault.message}"


if __name__ == "__main__":
    main()
