"""What is put around words on a terminal that shows colours."""

from __future__ import annotations

import msgspec


class Palette(msgspec.Struct, frozen=True):
    """ANSI codes, or nothing where colour is not wanted."""

    bold: str = ""
    dim: str = ""
    red: str = ""
    green: str = ""
    yellow: str = ""
    cyan: str = ""
    plain: str = ""


PLAIN = Palette()
COLOR = Palette("\33[1m", "\33[2m", "\33[31m", "\33[32m", "\33[33m", "\33[36m", "\33[0m")
