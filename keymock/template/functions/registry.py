"""Every function, filter and test of templates, by name. A new one is a row in its file and a row in the docs.

`default`, `is defined` and `is undefined` are not here: they judge values that are not there, which is grammar.
"""

from keymock.template.functions import addresses, codec, fake, json, numbers, random, text, time, tokens
from keymock.template.functions.function import Function

FUNCTIONS: dict[str, Function] = dict(
    (*time.FUNCTIONS, *random.FUNCTIONS, *tokens.FUNCTIONS, *fake.FUNCTIONS, *addresses.FUNCTIONS)
)
FILTERS: dict[str, Function] = dict(
    (*text.FILTERS, *numbers.FILTERS, *json.FILTERS, *codec.FILTERS, *time.FILTERS, *tokens.FILTERS)
)
TESTS: dict[str, Function] = dict((*text.TESTS, *numbers.TESTS, *json.TESTS))

__all__ = ["FILTERS", "FUNCTIONS", "TESTS", "Function"]
