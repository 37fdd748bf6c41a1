"""keymock/template/functions/json.py: lists, objects and JSON at their edges."""

from __future__ import annotations

import pytest
from filling import filled, refusal

from keymock.template import Missing


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ '</script>' | tojson }} {{ {'a': [1]} | tojson(indent=2) }}", '"</script>" {\n  "a": [\n    1\n  ]\n}'),
        ("""{{ '{"a": [1, null]}' | fromjson }}""", '{"a":[1,null]}'),
        ("{{ {'a': [1, 2]} | jsonpath('$.a[*]') }} {{ {'a': [1, 2]} | jsonpath('$.a[*]', all=true) }}", "1 [1,2]"),
        ("{{ {} | jsonpath('$.a', all=true) }}", "[]"),
        ("{{ {'a': [1]} | merge({'a': [2], 'c': {'d': none}}) }}", '{"a":[2],"c":{}}'),
        ("{{ {'a': {'b': 1, 'c': 2}} | merge({'a': {'b': none}}, {'d': 3}) }}", '{"a":{"c":2},"d":3}'),
        ("{{ {'a': 1, 'b': 2} | pick('b', 'c') }} {{ {'a': 1, 'b': 2} | omit('a', 'c') }}", '{"b":2} {"b":2}'),
        ("{{ {'a': 1} | keys }} {{ {'a': 1} | values }} {{ {'a': 1} | items }}", '["a"] [1] [["a",1]]'),
        ("{{ [none, 'b', 2, true, 'a', 1] | sort }}", '[null,true,1,2,"a","b"]'),
        ("{{ [3, 1, 2] | sort(reverse=true) }}", "[3,2,1]"),
        ("{{ [{'a': {'b': 2}}, {'a': {'b': 1}}] | sort(by='a.b') | map(attribute='a.b') }}", "[1,2]"),
        ("{{ [{'a': 1}, 5, {}] | map('a') }}", "[1,null,null]"),
        ("{{ [{'a': 1}, {'a': 0}, {}] | where('a') }} {{ [{'a': 1}, {'a': 0}] | where('a', 0) }}",
         '[{"a":1}] [{"a":0}]'),
        ("{{ data.users | find('id', '8') | tojson }}", '{"id":"8","name":"Bob"}'),
        ("{{ [1, 1.0, true, '1', [1], [1]] | unique }}", '[1,true,"1",[1]]'),
        ("{{ [1, 2] | reverse }} {{ 'ab' | reverse }}", "[2,1] ba"),
        ("{{ [1, 2] | first }} {{ [1, 2] | last }} {{ 'ab' | first }} {{ 'ab' | last }}", "1 2 a b"),
        ("{{ [1] | length }} {{ {'a': 1} | count }} {{ 'é' | length }}", "1 1 1"),
        ("{{ 'ab' | list }} {{ {'k': 1} | list }} {{ [1] | list }}", '["a","b"] ["k"] [1]'),
        ("{{ [1] | append(2, [3]) }} {{ [[1], 2, [[3]]] | flatten }}", "[1,2,[3]] [1,2,[3]]"),
    ],
)  # fmt: skip
def test_filters(source: str, text: str) -> None:
    assert filled(source) == text


@pytest.mark.parametrize(
    ("value", "holds"),
    [
        ("none", ["none", "null"]),
        ("true", ["true", "boolean"]),
        ("false", ["false", "boolean"]),
        ("0", ["number", "integer"]),
        ("1.5", ["number", "float"]),
        ("'a'", ["string", "iterable"]),
        ("''", ["string", "iterable", "empty"]),
        ("[1]", ["sequence", "iterable"]),
        ("[]", ["sequence", "iterable", "empty"]),
        ("{'a': 1}", ["mapping", "iterable"]),
        ("{}", ["mapping", "iterable", "empty"]),
    ],
)
def test_what_a_value_is(value: str, holds: list[str]) -> None:
    kinds = ["none", "null", "true", "false", "boolean", "number", "integer", "float", "string", "mapping", "sequence",
             "iterable", "empty"]  # fmt: skip
    assert [one for one in kinds if filled(f"{{{{ {value} is {one} }}}}") == "true"] == [
        one for one in kinds if one in holds
    ]


@pytest.mark.parametrize(
    "source",
    [
        "{{ [] | first | default('-') }}",
        "{{ '' | last | default('-') }}",
        "{{ request.json | jsonpath('$.nope') | default('-') }}",
        "{{ data.users | find('id', 9) | default('-') }}",
    ],
)
def test_what_is_not_found_is_missing(source: str) -> None:
    assert filled(source) == "-"
    assert isinstance(refusal(source.replace("| default('-')", "")), Missing)


@pytest.mark.parametrize(
    ("source", "column", "message"),
    [
        ("{{ 5 | first }}", 8, "`first`: a number has no first and last"),
        ("{{ 5 | length }}", 8, "`length`: a number has no length"),
        ("{{ 5 | list }}", 8, "`list`: a number is no list"),
        ("{{ 5 | keys }}", 8, "`keys`: it has to be an object, and is a number"),
        ("{{ {} | sort }}", 9, "`sort`: it has to be a list, and is an object"),
        ("{{ 'a' | pick('b') }}", 10, "`pick`: it has to be an object, and is a text"),
        ("{{ {'a': 1} | pick(1) }}", 15, "`pick`: a key has to be a text, and is a number"),
        ("{{ 'x' | merge({}) | merge(1) }}", 22, "`merge`: what is merged has to be an object, and is a number"),
        ("{{ [1] | where('a', 1, 2) }}", 10, "`where`: it takes a field and a value"),
        ("{{ 'x' | fromjson }}", 10, "`fromjson`: the text is not JSON"),
        ("{{ {} | tojson(indent=9) }}", 9, "`tojson`: `indent` has to be from 0 to 8, and is 9"),
    ],
)
def test_what_a_filter_is_not_for_is_refused(source: str, column: int, message: str) -> None:
    fault = refusal(source)
    assert (fault.column, fault.message) == (column, message)
    assert not isinstance(fault, Missing)


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        ("$..a..b..c", "`jsonpath`: a selector has at most 2 `..` and `,` in a template"),
        ("$[1,2,3,4]", "`jsonpath`: a selector has at most 2 `..` and `,` in a template"),
        ("$." + "a" * 500, "`jsonpath`: a selector has at most 2 `..` and `,` in a template"),
        ("a[", '`jsonpath`: the JSONPath "a[" cannot be used'),
    ],
)
def test_selectors_are_judged_at_load(selector: str, message: str) -> None:
    fault = refusal("{% if false %}{{ {} | jsonpath('" + selector + "') }}{% endif %}")
    assert fault.message.startswith(message)
    assert fault.code == "invalid-template"
