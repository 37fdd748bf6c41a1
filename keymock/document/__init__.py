"""Text ⇄ Struct. All text of TOML files enters by `parse`; `write` makes new text, `edit` and `format` mend old.

What serves only reads: the modules that write are imported where they are used (`from keymock.document.write import
write`), not here.
"""

from keymock.document.place import Part, Place
from keymock.document.read import Parsed, convert, parse, place, problem_at
from keymock.document.scan import KeyPath
from keymock.document.syntax import AT_HAND

__all__ = ["AT_HAND", "KeyPath", "Parsed", "Part", "Place", "convert", "parse", "place", "problem_at"]
