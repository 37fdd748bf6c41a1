"""What goes wrong in templates: while they are read, and while they are filled in."""

from __future__ import annotations

KeyPath = tuple[str | int, ...]


class TemplateError(Exception):
    """A template that cannot be read or filled in: one sentence, what to do, and where.

    `offset` counts characters of `source` from 0. `path` leads to the text inside a tree of values, for templates in
    JSON. For an error of a whole text file, `line` and `column` say the same as numbers from 1.
    """

    def __init__(
        self, message: str, offset: int = 0, hint: str = "", *, code: str = "template-failed", source: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.hint = hint
        self.code = code
        self.source = source
        self.path: KeyPath = ()

    @property
    def line(self) -> int:
        return self.source.count("\n", 0, self.offset) + 1

    @property
    def column(self) -> int:
        return self.offset - self.source.rfind("\n", 0, self.offset)

    def inside(self, source: str, offset: int = 0) -> TemplateError:
        """The same error, `offset` characters further on, in `source`."""
        self.source = source
        self.offset += offset
        return self


class Missing(TemplateError):
    """A value that is not there. `default`, `is defined` and conditions take it for an answer."""


class Refused(Exception):
    """What a function or filter has against its arguments; the place is added by who called it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def at(self, offset: int, name: str = "") -> TemplateError:
        """The error of a template, with the place and the name of what refuses."""
        return TemplateError(f"`{name}`: {self.message}" if name else self.message, offset, self.hint)


class Absent(Refused):
    """There is no such value, which `default` takes for an answer."""

    def at(self, offset: int, name: str = "") -> TemplateError:
        return Missing(f"`{name}`: {self.message}" if name else self.message, offset, self.hint or DEFAULT)


DEFAULT = 'write `| default("…")` behind it, or ask `is defined`'


def unreadable(message: str, offset: int, hint: str = "", *, code: str = "invalid-template") -> TemplateError:
    """An error of the text itself, found when it is compiled."""
    return TemplateError(message, offset, hint, code=code)
