"""Where a request is written: so that what is wrong in it is told with file, line and column."""

from __future__ import annotations

from typing import Any, NamedTuple

from keymock.document import KeyPath, Parsed, Part, problem_at
from keymock.problems import Problem, Stop, error
from keymock.variables import Variables


class Place(NamedTuple):
    """`own` is the document, `over` the overlay on it; the request stands `within` (a step of a flow does).

    Without a document it comes from the command line, and its problems are those of `called`.
    """

    own: Parsed[Any] | None = None
    over: Parsed[Any] | None = None
    within: KeyPath = ()
    called: str = "keymock request send"

    def document(self, where: KeyPath) -> Parsed[Any] | None:
        """The document in which a key stands: the overlay's, if it has it."""
        if self.over is not None and (*self.within, *where) in self.over.places:
            return self.over
        return self.own

    def filled(self, variables: Variables, value: Any, *where: str | int) -> Any:
        """A value of the request, filled in. Raises Stop."""
        return variables.fill(value, self.document(where), (*self.within, *where), called=self.called)

    def filled_json(self, variables: Variables, text: str, *where: str | int) -> bytes:
        """JSON text of the request, filled in, with types kept. Raises Stop."""
        return variables.fill_json(text, self.document(where), (*self.within, *where), called=self.called)

    def problem(self, where: KeyPath, code: str, message: str, hint: str = "", *, part: Part = "value") -> Problem:
        """What is wrong with a value of the request."""
        found = self.document(where)
        if found is None:
            return error(self.called, code, message, hint=hint)
        return problem_at(found, (*self.within, *where), code, message, hint, part=part)

    def stop(self, where: KeyPath, code: str, message: str, hint: str = "", *, part: Part = "value") -> Stop:
        """The same, to be raised."""
        return Stop(self.problem(where, code, message, hint, part=part))
