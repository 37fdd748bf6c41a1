"""`keymock new --from flow:ID`: a flow run, against the real API or over saved examples; mocks of what came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET

from keymock import document, media, spec, units
from keymock.catalog.library import SavedRequest
from keymock.commands.calling import Calling, wanted
from keymock.commands.flow.playing import Playing, Told, plot_of
from keymock.commands.seen import Seen
from keymock.drafting import Draft
from keymock.flows import FlowRun, StepRun, run
from keymock.flows.mocking import Made, mocks_of
from keymock.flows.reports import why
from keymock.preparing import Prepared
from keymock.problems import Problem, Stop, error
from keymock.sending import Incoming, Unsent
from keymock.spec import Mode

CALLED = "keymock new"
EXAMPLES_AT = "http://examples.invalid"
"""Where the answers of examples come from, if the flow's project has no real API."""


def made_of(seen: Seen, name: str, options: Mapping[str, Any], scope: str, *, run_it: bool) -> Made:
    """The mocks of a flow. `scope` is the space they go to, empty for that of each step's project. Raises Stop."""
    calling = Calling(seen, wanted(CALLED, options, seen.invocation.environ))
    try:
        plot = plot_of(calling, name)
        if plot.flow.environment and not calling.asked.environment:
            calling.asked = msgspec.structs.replace(calling.asked, environment=plot.flow.environment)
        playing = Playing(calling, "real", Told()) if run_it else _FromExamples(calling, "real", Told())
        ran = run(plot, playing.stage)
        if not ran.ok:
            raise Stop(*_failed(ran, run_it=run_it), exit_code=1)
        made = mocks_of(ran, playing.bases(plot.space, scope), calling.mask)
    finally:
        calling.close()
    problems = [problem for each in made.drafts for problem in _problems(each) if problem.severity == "error"]
    if problems:
        raise Stop(*problems)
    if not made.drafts:
        raise Stop(error(CALLED, "nothing-made", f"nothing of {plot.id} became a mock", hint="; ".join(made.notes)))
    return made


def _failed(ran: FlowRun, *, run_it: bool) -> list[Problem]:
    """Why there is nothing to make mocks of."""
    found = [step.problem or _unexpected(step) for step in ran.leaves if step.state == "failed"]
    hint = "see keymock flow run --target real" if run_it else "take what the real API answers now: --run"
    return [*found, error(CALLED, "flow-failed", f"{ran.flow} did not come to its end, so no mock is made", hint=hint)]


def _unexpected(step: StepRun) -> Problem:
    path, _, line = step.place.rpartition(":")
    message = f"{step.id}: {'; '.join(why(step))}"
    return error(path or step.place, "not-as-expected", message, line=int(line) if line.isdigit() else 0)


def _problems(made: Draft) -> tuple[Problem, ...]:
    file = f"{made.id}.toml"
    return document.parse(made.files[file], file, spec.Mock, dec_hook=units.dec_hook).problems


class _FromExamples(Playing):
    """A run over the examples of saved requests: nothing is sent."""

    def _target_url(self, space: str, target: Mode, project: str = "") -> str:  # noqa: ARG002  (as its base)
        known = self.calling.seen.catalog.upstreams(self.calling.asked.environment)
        name = project or space.removeprefix("projects/")
        return known[name].url if name in known else EXAMPLES_AT

    def send(self, prepared: Prepared, target: Mode, request: str) -> Incoming:  # noqa: ARG002  (as its base)
        """The first good example of the saved request. Raises Unsent."""
        saved = self.calling.library.requests.get(request)
        if saved is None or saved.request is None or not saved.request.examples:
            whose = request or f"{prepared.outgoing.method} {prepared.outgoing.url}"
            hint = (
                "run it against the real API with --run, or save an example: keymock request send … --save-example ok"
            )
            raise Unsent("no-such-example", f"{self.calling.mask.text(whose)} has no example to answer with", hint)
        return _answer(self.calling, saved, prepared.outgoing.url)


def _answer(calling: Calling, saved: SavedRequest, url: str) -> Incoming:
    if saved.request is None:
        raise AssertionError("a broken request has no examples")
    examples = saved.request.examples
    one = next((each for each in examples if 200 <= each.status < 300), examples[0])
    body, kind = b"", ""
    if isinstance(one.body_file, str):
        over = saved.place.over.path if saved.place.over is not None else ""
        body, kind = calling.library.beside(one.body_file, saved.item, over), media.media_type(one.body_file)
    elif one.json is not UNSET:
        body, kind = msgspec.json.encode(one.json), media.JSON
    elif isinstance(one.json_text, str):
        body, kind = one.json_text.encode(), media.JSON
    elif isinstance(one.body, str):
        body, kind = one.body.encode(), media.TEXT
    kind = one.content_type if isinstance(one.content_type, str) else kind
    pairs = [
        (name, value) for name, given in one.headers.items() for value in ([given] if isinstance(given, str) else given)
    ]
    if kind and not any(name.lower() == "content-type" for name, _ in pairs):
        pairs.append(("Content-Type", kind))
    return Incoming(one.status, "", tuple(pairs), body, url)
