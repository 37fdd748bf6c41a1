"""One answer of a mock: a variant over the base response over the defaults, made into bytes and a play."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from keymock import match, media, spec
from keymock.events import TYPE as EVENTS
from keymock.events import Events, Script
from keymock.exchange import NOT_JSON, BodyFile, read_json
from keymock.faults import AT_ONCE, NO_WAIT, Bucket, Fault, Pace, Wait, bucket, wait
from keymock.index.folder import folder_of, of_files
from keymock.index.headers import faults as header_faults
from keymock.index.report import Bodies, BodyFault, Context, KeyPath, Report, conditions_of
from keymock.index.route import STILL, Answer, Folder, Play, Start, Texts
from keymock.index.starting import Started, Starting, start_of
from keymock.index.streaming import Wanted, script_of
from keymock.index.waiting import Prefixes, Waiting, takes
from keymock.match.moment import at_call, in_state
from keymock.pattern import Pattern
from keymock.pattern import params as params_of
from keymock.recordings import Takes
from keymock.spec import Response, Variant, When
from keymock.template import Names, TemplateError, compile, compile_json, compile_json_text, has_template

_PLAYING = attrgetter("delay", "first_byte", "throttle", "fault", "rate_limit", "capture", "events")
_TURNING = attrgetter("sets", "weight", "times", "until")
_NOTHING_PLAYS, _NOTHING_TURNS, _NO_TEXTS = _PLAYING(Response()), _TURNING(Variant()), Texts()
_BODIES = attrgetter(*Response.BODY_KEYS)
_NO_BODIES = _BODIES(Response())


class Owner(msgspec.Struct, frozen=True, gc=False):
    """The mock that answers belong to, as far as they depend on it. `scenario` is empty if it has none."""

    id: str
    space: str
    scenario: str
    patterns: tuple[Pattern, ...]
    more: frozenset[str] = frozenset()
    """Names that its templates may use beyond the usual."""
    env: tuple[str, ...] = ()
    vars: tuple[str, ...] | None = None
    methods: tuple[str, ...] = ()
    paths: tuple[Pattern, ...] = ()
    prefixes: Prefixes = ()

    def takes(self) -> Takes:
        """What of a recording is its; worked out when asked, too."""
        return takes(self.methods, self.paths, self.prefixes)

    @property
    def names(self) -> Names:
        """What its templates may use; worked out when asked, for few mocks have one."""
        params = frozenset(name for pattern in self.patterns for name in params_of(pattern))
        known = None if self.vars is None else frozenset(self.vars)
        return Names(params=params, vars=known, more=self.more, env=frozenset(self.env))


class Body(msgspec.Struct, frozen=True, gc=False):
    """A body and its content type: ready bytes or a file, or the source of a template in one of three forms."""

    content: bytes | BodyFile = b""
    type: str = ""
    text: str = ""
    tree: bytes = b""
    json_text: str = ""
    events: Script | None = None
    folder: Folder | None = None


def answer_of(
    where: KeyPath,
    response: Response,
    base: Response | None,
    owner: Owner,
    context: Context,
    bodies: Bodies,
    note: Report,
) -> Answer:
    """The answer that `response` (at `where` in the file) describes. `base` is the `[response]` beneath a variant."""
    return _Answering(where, response, base, owner, context, bodies, note).answer()


class _Answering(msgspec.Struct, frozen=True, gc=False):
    """The making of one answer."""

    where: KeyPath
    response: Response
    base: Response | None
    owner: Owner
    context: Context
    bodies: Bodies
    note: Report

    def answer(self) -> Answer:
        variant = self.response if isinstance(self.response, Variant) else Variant()
        started = self._started(variant.name)
        body = self._body(variant.name) if started is None else Body()
        headers = self._headers(body.type)
        status = self._either("status")
        live = Texts(
            status=self._template(status, (*self.where, "status")) if isinstance(status, str) else "",
            headers=tuple([(name, text) for name, text, live in headers if live]),
            body=body.text,
            json=body.tree,
            json_text=body.json_text,
            laid=started.live if started is not None else b"",
        )
        start = started.start if started is not None else None
        return Answer(
            name=variant.name,
            status=status if isinstance(status, int) else 200,
            headers=tuple([(name, text.encode()) for name, text, live in headers if not live]),
            body=body.content if isinstance(body.content, bytes) else b"",
            file=body.content if isinstance(body.content, BodyFile) else None,
            folder=body.folder,
            conditions=(*self._conditions(variant.when), *of_files(body.folder)),
            play=self._play(variant, live, body.events, start),
        )

    def _is_still(self, variant: Variant) -> bool:
        """Whether no key says anything that plays: so it is with most answers, and there can be thousands."""
        context = self.context
        return (
            _PLAYING(self.response) == _NOTHING_PLAYS
            and (self.base is None or _PLAYING(self.base) == _NOTHING_PLAYS)
            and (self.response is not variant or _TURNING(variant) == _NOTHING_TURNS)
            and (context.wait, context.first_byte, context.pace, context.fault) == (NO_WAIT, NO_WAIT, AT_ONCE, "")
        )

    def _either(self, key: str) -> Any:
        """A key of this response, else of the base; UNSET if neither has it."""
        own = getattr(self.response, key)
        return own if own is not UNSET or self.base is None else getattr(self.base, key)

    def _started(self, variant: str) -> Started | None:
        """How it starts from the real API's answer, if it does."""
        own, base = self.response, self.base
        if own.origin is UNSET and not own.laid and not own.remove and (base is None or base.origin is UNSET):
            return None  # so it is with nearly all
        written = any(getattr(self.response, key) is not UNSET for key in Response.BODY_KEYS)
        own_body = written or bool(variant and self.bodies.sibling(variant))
        names = self.owner.names if self._templates else None
        given = Starting(self.where, self.response, self.base, names, self.context.upstream, own_body)
        return start_of(given, self.note)

    # ---- conditions and play -------------------------------------------------------------------------------------

    def _conditions(self, when: When | UnsetType) -> tuple[match.Condition, ...]:
        if when is UNSET:
            return ()
        where = (*self.where, "when")
        found = list(conditions_of(when, where, self.bodies, self.note))
        if when.state is not UNSET:
            self._need_scenario((*where, "state"))
            found.append(in_state(self.owner.space, self.owner.scenario, when.state))
        if when.call is not UNSET:
            condition = at_call(self.owner.id, when.call)
            if isinstance(condition, match.Fault):
                self.note((*where, *condition.path), condition.code, condition.message, condition.hint)
            else:
                found.append(condition)
        return tuple(found)

    def _need_scenario(self, where: KeyPath) -> None:
        if not self.owner.scenario:
            self.note(where, "no-scenario", "the mock has no scenario", 'name it: [scenario] name = "…"')

    def _play(self, variant: Variant, live: Texts, script: Script | None, start: Start | None) -> Play:
        if start is None and live == _NO_TEXTS and self._is_still(variant):
            return STILL
        if variant.sets is not UNSET:
            self._need_scenario((*self.where, "sets"))
        texts = msgspec.structs.replace(
            live,
            capture=self._capture(),
            delay=self._template(self._either("delay"), (*self.where, "delay")),
            first_byte=self._template(self._either("first_byte"), (*self.where, "first_byte")),
        )
        play = Play(
            wait=self._wait("delay", self.context.wait),
            first_byte=self._wait("first_byte", self.context.first_byte),
            pace=self._pace(),
            fault=self._fault(),
            bucket=self._bucket(),
            sets=variant.sets if isinstance(variant.sets, str) else "",
            weight=float(variant.weight),
            times=variant.times if isinstance(variant.times, int) else 0,
            until=self._moment(variant.until),
            texts=texts if texts != _NO_TEXTS else None,
            events=script,
            start=start,
        )
        return play if play != STILL else STILL

    def _wait(self, key: str, default: Wait) -> Wait:
        given = self._either(key)
        if isinstance(given, str) and has_template(given):
            if not self._templates:
                message = f"`{given}` is not a duration, and `template = false` fills nothing in"
                self.note((*self.where, key), "bad-value", message, part="value")
            return NO_WAIT
        waiting = self._waiting
        return waiting.wait(given, self._place(key)) if given is not UNSET else waiting.handed_down(default)

    def _pace(self) -> Pace:
        given = self._either("throttle")
        if given is UNSET:
            return self._waiting.pace_handed_down(self.context.pace)
        return self._waiting.pace(given, self._place("throttle"))

    @property
    def _waiting(self) -> Waiting:
        return Waiting(self.owner.takes, self.bodies, self.note, self.context.recordings)

    def _place(self, key: str) -> KeyPath:
        """Where a key stands that this response has, or else the base."""
        return (*(self.where if getattr(self.response, key) is not UNSET else ("response",)), key)

    def _fault(self) -> str | Fault:
        given = self._either("fault")
        if given is UNSET:
            return self.context.fault
        return "" if given == "none" else given

    def _bucket(self) -> Bucket | None:
        given = self._either("rate_limit")
        return bucket(given) if given is not UNSET else None

    def _moment(self, text: str | UnsetType) -> float:
        if not isinstance(text, str):
            return 0.0
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            self.note(
                (*self.where, "until"), "bad-time", f"`{text}` is no time", 'write it like "2030-01-01T00:00:00Z"',
                part="value",
            )  # fmt: skip
            return 0.0
        if moment.tzinfo is None:
            hint = 'end it with "Z", or an offset'
            self.note((*self.where, "until"), "bad-time", f"`{text}` has no time zone", hint, part="value")
        return moment.timestamp()

    def _capture(self) -> tuple[tuple[str, str], ...]:
        given = {**(self.base.capture if self.base is not None else {}), **self.response.capture}
        for name, source in given.items():
            self._check(lambda text=source: compile(text, self.owner.names), (*self.where, "capture", name))
        return tuple(given.items())

    # ---- templates -----------------------------------------------------------------------------------------------

    @property
    def _templates(self) -> bool:
        """Whether text in the TOML is filled in: yes, unless told otherwise."""
        return self._either("template") is not False

    def _template(self, value: Any, where: KeyPath) -> str:
        """The value as the source of a template, if it is one."""
        if not isinstance(value, str) or not has_template(value) or not self._templates:
            return ""
        self._check(lambda: compile(value, self.owner.names), where)
        return value

    def _check(self, read: Any, where: KeyPath) -> None:
        """Compiles a template for its faults alone; it is compiled again, or found again, when it is used."""
        try:
            read()
        except TemplateError as fault:
            place = (*where, *fault.path)
            self.note(place, fault.code, fault.message, fault.hint, part="value", character=fault.offset)

    # ---- body ----------------------------------------------------------------------------------------------------

    def _body(self, variant: str) -> Body:
        own = self._written(self.response, self.where)
        if own is None and variant:
            own = self._sibling(variant)
        if own is None and self.base is not None:
            own = self._written(self.base, ("response",))
        if own is None:
            own = self._sibling("")
        return own if own is not None else Body()

    def _written(self, response: Response, where: KeyPath) -> Body | None:
        """The body that a table itself gives; None if it has no body key."""
        values = _BODIES(response)
        if values == _NO_BODIES:
            return None
        given = [key for key, value in zip(Response.BODY_KEYS, values, strict=True) if value is not UNSET]
        if len(given) > 1:
            self.note((*where, given[1]), "two-bodies", f"both `{given[0]}` and `{given[1]}` say what the body is")
            return Body()
        where = (*where, given[0])
        value = getattr(response, given[0])
        if given[0] == "body_file":
            return self._file(value, where)
        if given[0] == "body":
            live = self._template(value, where)
            return Body(type=media.TEXT, text=live) if live else Body(value.encode(), media.TEXT)
        if given[0] == "events":
            return self._events(value, where)
        if given[0] == "folder":
            return self._folder(value, where)
        return self._json_text(value.strip(), where) if given[0] == "json_text" else self._json(value, where)

    def _json(self, tree: Any, where: KeyPath) -> Body:
        data = msgspec.json.encode(tree)
        if not (b"{{" in data or b"{%" in data) or not self._templates:
            return Body(data, media.JSON)
        self._check(lambda: compile_json(tree, self.owner.names), where)
        return Body(type=media.JSON, tree=msgspec.msgpack.encode(tree))

    def _json_text(self, text: str, where: KeyPath) -> Body:
        if self._templates and has_template(text):
            self._check(lambda: compile_json_text(text, self.owner.names), where)
            return Body(type=media.JSON, json_text=text)
        if read_json(text.encode()) is NOT_JSON:
            self.note(where, "bad-json", f"`json_text` is not JSON: {_json_fault(text.encode())}", part="value")
        return Body(text.encode(), media.JSON)

    def _events(self, given: Events, where: KeyPath) -> Body:
        """Events of a list, or of a file; as with other files, that is a template only if told so."""
        if self._either("throttle") is not UNSET:
            hint = "say `every`, or the `delay` of an event"
            self.note((*self.where, "throttle"), "bad-events", "events come in their own time", hint)
        wanted = Wanted(self._templates, self._either("template") is True, self.owner.names, self._waiting)
        return Body(type=EVENTS, events=script_of(given, where, wanted, self.bodies, self.note))

    def _folder(self, given: str | spec.Folder, where: KeyPath) -> Body:
        if self._either("template") is True:
            self.note((*self.where, "template"), "bad-folder", "the files of a folder are no templates")
        return Body(folder=folder_of(given, where, self.bodies, self.note, whole=self._slow))

    def _file(self, name: str, where: KeyPath) -> Body:
        try:
            return self._content(self.bodies.beside(name))
        except BodyFault as fault:
            self.note(where, fault.code, fault.message, fault.hint, part="value")
            return Body()

    def _sibling(self, variant: str) -> Body | None:
        found = self.bodies.sibling(variant)
        if not found:
            return None
        if len(found) > 1:
            names = " and ".join(file.rpartition("/")[2] for file in sorted(found)[:2])
            self.note(self.where, "two-bodies", f"{names} are both the body of this answer", "keep one of them")
            return Body()
        try:
            return self._content(found[0])
        except BodyFault as fault:
            self.note(self.where, fault.code, fault.message, fault.hint)
            return Body()

    @property
    def _slow(self) -> bool:
        """Whether the body goes out in parts, and so must be at hand."""
        given = self._either("first_byte")
        if given is UNSET:
            late = self.context.first_byte != NO_WAIT
        else:
            late = not isinstance(given, str) or has_template(given) or wait(given) != NO_WAIT
        return late or self._either("throttle") is not UNSET or self.context.pace != AT_ONCE

    def _content(self, file: str) -> Body:
        """A body file: as it is, unless `template = true` says that it is one. Raises BodyFault."""
        content, kind = self.bodies.load(file, whole=self._slow), media.media_type(file)
        if self._either("template") is not True:
            return Body(content, kind)
        if isinstance(content, BodyFile):
            raise BodyFault("too-large", f"{file} has {content.size} bytes, too many for a template")
        try:
            text = content.decode()
        except UnicodeDecodeError:
            raise BodyFault("not-utf8", f"{file} is a template, and is not UTF-8") from None
        if not has_template(text):
            return Body(content, kind)
        is_json = kind == media.JSON
        try:
            compile_json_text(text, self.owner.names) if is_json else compile(text, self.owner.names)
        except TemplateError as fault:
            raise BodyFault(fault.code, f"{file}:{fault.line}:{fault.column}: {fault.message}", fault.hint) from None
        return Body(type=kind, json_text=text) if is_json else Body(type=kind, text=text)

    # ---- headers -------------------------------------------------------------------------------------------------

    def _headers(self, content_type: str) -> list[tuple[bytes, str, bool]]:
        """Name, text, and whether it is a template: defaults, then the base, then this response; empty takes away."""
        merged: dict[str, tuple[KeyPath, str | list[str]]] = {
            name.lower(): ((), value) for name, value in self.context.headers.items()
        }
        if self.base is not None and self.base.headers:
            self._lay(("response", "headers"), self.base.headers, merged)
        if self.response.headers:
            self._lay((*self.where, "headers"), self.response.headers, merged)
        explicit = self._either("content_type")
        if isinstance(explicit, str):
            place = (*self.where, "content_type")
            for fault in header_faults({"content-type": explicit}):
                self.note(place, fault.code, fault.message, fault.hint)
            merged["content-type"] = (place, explicit)
        elif content_type:
            merged.setdefault("content-type", ((), content_type))
        found: list[tuple[bytes, str, bool]] = []
        for lower, (place, value) in merged.items():
            if isinstance(value, str) and not has_template(value):  # nearly all
                if value:
                    found.append((lower.encode("latin-1", "replace"), value, False))
                continue
            values = [one for one in (value if isinstance(value, list) else [value]) if one]
            live = [has_template(one) and bool(self._template(one, place)) for one in values]
            sent = lower.encode("latin-1", "replace")  # one live value makes all of them so: their order has a meaning
            found += [(sent, one, any(live)) for one in values]
        return found

    def _lay(
        self,
        where: KeyPath,
        headers: Mapping[str, str | list[str]],
        merged: dict[str, tuple[KeyPath, str | list[str]]],
    ) -> None:
        """Lays a table of headers over those that are merged already, and reports its faults."""
        for fault in header_faults(headers):
            self.note((*where, fault.name), fault.code, fault.message, fault.hint)
        for name, value in headers.items():
            merged[name.lower()] = ((*where, name), value)


def _json_fault(text: bytes) -> str:
    if not text:
        return "it is empty"
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as fault:
        return str(fault).removeprefix("JSON is malformed: ")
    return "it is nested too deeply"
