"""keymock/template/functions: the tables, and when they are imported."""

from __future__ import annotations

import subprocess
import sys

from keymock.template.functions import registry, tables


def test_the_tables_are_those_of_the_registry() -> None:
    found = tables()
    assert found.FUNCTIONS is registry.FUNCTIONS
    assert {"now", "uuid", "jwt", "fake.name"} <= found.FUNCTIONS.keys()
    assert {"date", "upper", "round", "sort", "b64encode", "jwt"} <= found.FILTERS.keys()
    assert {"matching", "even", "string"} <= found.TESTS.keys()


def test_every_row_is_under_its_own_name() -> None:
    for table, values in ((registry.FUNCTIONS, 0), (registry.FILTERS, 1), (registry.TESTS, 1)):
        assert all(name == row.name and row.value == values for name, row in table.items())


def test_nothing_heavy_is_imported_before_it_is_used() -> None:
    heavy = "('mimesis', 'jsonpath', 'keymock.template.functions.registry')"
    code = f"import sys, keymock.template; print([name for name in {heavy} if name in sys.modules])"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert made.stdout.strip() == "[]"
