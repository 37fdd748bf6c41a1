"""What templates can call, one file a group. The tables are in `registry`, which is imported with the first template.

They bring in calendars, time zones and entities: a tenth of a second that a tree without templates need not pay.
"""

from __future__ import annotations

from types import ModuleType


def tables() -> ModuleType:
    """FUNCTIONS, FILTERS and TESTS, by name."""
    from keymock.template.functions import registry  # noqa: PLC0415  (see above)

    return registry
