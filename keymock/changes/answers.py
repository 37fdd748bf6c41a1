"""The answers of a mock before and after: which is which, and what is different about each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from keymock.changes import words
from keymock.changes.bodies import body_of
from keymock.changes.bodies import compare as compare_bodies
from keymock.changes.change import Detail, Severity
from keymock.index import Answer, Route
from keymock.index.route import Play

Pair = tuple[Answer, Answer]


def compare(before: Route, after: Route) -> Iterator[Detail]:
    """Answers gone, new, called otherwise; which one is given when nothing else is asked for; and each in itself."""
    pairs, gone, new = paired(before.answers, after.answers)
    several = len(before.answers) > 1 or len(after.answers) > 1
    for answer in gone:
        says = f"the answer {name_of(answer, before)} is gone"
        yield Detail("answer", "breaking", says, {"before": _data(answer), "after": None})
    for one, other in pairs:
        label = f"{name_of(other, after)}: " if several else ""
        yield from _prefixed(label, one, other)
    for answer in new:
        yield _new(answer, after)
    yield from _default(before, after, pairs)
    yield from _turns(before, after)


def paired(before: Sequence[Answer], after: Sequence[Answer]) -> tuple[list[Pair], list[Answer], list[Answer]]:
    """The answers that are the same one: by name, else by all but the name, else, if not both have one, by the rest."""
    left, right = list(before), list(after)
    pairs: list[Pair] = []
    if len(left) == len(right) == 1:
        return [(left[0], right[0])], [], []
    for key in (_name, _all_but_name, _status_and_conditions, _conditions, _place):
        known = {key(answer): answer for answer in reversed(right) if key(answer) is not None}
        for one in list(left):
            other = known.pop(key(one), None)
            if other is not None and (key in (_name, _all_but_name) or not (one.name and other.name)):
                pairs.append((one, other))
                left.remove(one)
                right.remove(other)
    order = {id(answer): at for at, answer in enumerate(before)}
    return sorted(pairs, key=lambda pair: order[id(pair[0])]), left, right


def _name(answer: Answer) -> Any:
    return answer.name or None


def _all_but_name(answer: Answer) -> Any:
    return msgspec.msgpack.encode(msgspec.structs.replace(answer, name=""), order="deterministic")


def _status_and_conditions(answer: Answer) -> Any:
    return answer.status, _conditions(answer)


def _conditions(answer: Answer) -> Any:
    return msgspec.msgpack.encode(answer.conditions, order="deterministic")


def _place(answer: Answer) -> Any:
    return None if answer.name else ""


def name_of(answer: Answer, route: Route) -> str:
    """What an answer is called in a sentence: its name, else its status, else its number."""
    if answer.name:
        return words.code(answer.name)
    same = [one for one in route.answers if one.status == answer.status]
    return str(answer.status) if len(same) == 1 else f"number {route.answers.index(answer) + 1}"


def _data(answer: Answer) -> dict[str, Any]:
    return {"name": answer.name, "status": answer.status}


def _prefixed(label: str, before: Answer, after: Answer) -> Iterator[Detail]:
    if before == after:
        return
    name = after.name or before.name
    for detail in each(before, after):
        data = {"response": name, **detail.data} if name else detail.data
        yield msgspec.structs.replace(detail, says=label + detail.says, data=data)


def each(before: Answer, after: Answer) -> Iterator[Detail]:
    """One answer in itself: name, status, headers, body, conditions, and what it does besides being sent."""
    if before.name != after.name:
        yield _called(before.name, after.name)
    yield from _status(before, after)
    was, now = body_of(before), body_of(after)
    yield from _headers(before, after, bodiless=was.empty or now.empty)
    yield from compare_bodies(was, now)
    yield from _asked(before, after)
    yield from _started(before.play, after.play)
    yield from _played(before.play, after.play)


def _started(before: Play, after: Play) -> Iterator[Detail]:
    """Whether it starts from the real API's answer, and what it changes of that."""
    was, now = before.start, after.start
    if (was is None) != (now is None):
        words_ = "starts from the real API's answer now" if now else "no longer starts from the real API's answer"
        yield Detail("from", "change", f"it {words_}", {"before": "upstream" if was else None,
                                                        "after": "upstream" if now else None})  # fmt: skip
    if was is None or now is None:
        return
    if was.status != now.status:
        named = [str(one.status) if one.status else "the real API's" for one in (now, was)]
        yield Detail("status", "breaking", f"the status is {named[0]}, was {named[1]}",
                     {"before": was.status or None, "after": now.status or None})  # fmt: skip
    old, new = _laid(before), _laid(after)
    paths = sorted(path for path in {*old, *new} if path not in old or path not in new or old[path] != new[path])
    if paths:
        says = f"what it sets in the real API's answer is another: {words.codes(paths)}"
        yield Detail("set", "change", says, {"paths": paths})
    gone = sorted(set(was.remove) ^ set(now.remove))
    if gone:
        says = f"what it takes out of the real API's answer is another: {words.codes(gone)}"
        yield Detail("remove", "change", says, {"paths": gone})


def _laid(play: Play) -> dict[str, Any]:
    """What is set in the real API's answer, by JSONPath; templates as they are written."""
    packed = (play.texts.laid if play.texts is not None else b"") or (
        play.start.laid if play.start is not None else b""
    )
    found: dict[str, Any] = msgspec.msgpack.decode(packed) if packed else {}
    return found


def _called(before: str, after: str) -> Detail:
    data = {"before": before, "after": after}
    if not before:
        return Detail("name", "note", f"it is called {words.code(after)} now", data)
    return Detail(
        "name",
        "breaking",
        f"it is no longer called {words.code(before)}" + (f" but {words.code(after)}" if after else ""),
        data,
    )


def _status(before: Answer, after: Answer) -> Iterator[Detail]:
    was, now = status_of(before), status_of(after)
    if was != now and not (before.play.start and after.play.start):
        yield Detail(
            "status", "breaking", f"the status is {spelled(now)}, was {spelled(was)}", {"before": was, "after": now}
        )


def status_of(answer: Answer) -> int | str:
    """The status, or the template that makes it."""
    texts = answer.play.texts
    return texts.status if texts is not None and texts.status else answer.status


def spelled(status: int | str) -> str:
    """A status in a sentence: the number, or the template that makes it."""
    return str(status) if isinstance(status, int) else words.code(status)


def _headers(before: Answer, after: Answer, *, bodiless: bool) -> Iterator[Detail]:
    """Headers gone, other and new. The content type comes and goes with a body, and then needs no mention."""
    olds, news = headers_of(before), headers_of(after)
    if bodiless:
        olds.pop("content-type", None)
        news.pop("content-type", None)
    for name, values in olds.items():
        was = words.code(", ".join(values))
        if name not in news:
            data = {"name": name, "before": values, "after": None}
            yield Detail("header", "breaking", f"the header {words.code(name)} is gone (was {was})", data)
        elif news[name] != values:
            now = words.code(", ".join(news[name]))
            data = {"name": name, "before": values, "after": news[name]}
            other_kind = name == "content-type" and values[0].split(";")[0] != news[name][0].split(";")[0]
            severity: Severity = "breaking" if other_kind else "change"
            yield Detail("header", severity, f"the header {words.code(name)} is {now}, was {was}", data)
    for name, values in news.items():
        if name not in olds:
            data = {"name": name, "before": None, "after": values}
            severity = "note" if name == "content-type" else "addition"
            yield Detail(
                "header", severity, f"the header {words.code(name)} is new ({words.code(', '.join(values))})", data
            )


def headers_of(answer: Answer) -> dict[str, list[str]]:
    """All headers by name, templates as they are written."""
    found: dict[str, list[str]] = {}
    for name, value in answer.headers:
        found.setdefault(name.decode("latin-1"), []).append(value.decode("utf-8", "replace"))
    for name, source in answer.play.texts.headers if answer.play.texts is not None else ():
        found.setdefault(name.decode("latin-1"), []).append(source)
    return found


def _asked(before: Answer, after: Answer) -> Iterator[Detail]:
    if _conditions(before) == _conditions(after):
        return
    was = words.conditions(before.conditions) if before.conditions else "nothing else holds"
    now = words.conditions(after.conditions) if after.conditions else "nothing else holds"
    yield Detail("when", "change", f"it is given when {now}; was when {was}", {"before": was, "after": now})


def _played(before: Play, after: Play) -> Iterator[Detail]:
    """Delays, faults, limits, and what is remembered."""
    spelled: tuple[tuple[str, str, Severity, Callable[[Any], str]], ...] = (
        ("wait", "the delay", "change", words.wait),
        ("first_byte", "the wait for the first byte", "change", words.wait),
        ("pace", "the body is sent", "change", words.pace),
        ("sets", "the state it goes to", "change", lambda state: words.code(state) if state else "none"),
        ("weight", "its share", "change", lambda weight: f"{weight:g}"),
        ("times", "it is given", "change", lambda times: words.counted(times, "time") if times else "always"),
    )
    for name, subject, severity, spell in spelled:
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            verb = "" if name in ("pace", "times") else " is"
            data = {"before": spell(was), "after": spell(now)}
            yield Detail(name, severity, f"{subject}{verb} {spell(now)}, was {spell(was)}", data)
    if before.until != after.until:
        yield Detail("until", "change", "the time until which it is given is another")
    if before.fault != after.fault:
        yield _broken(before, after)
    if before.bucket != after.bucket:
        yield _limited(before, after)
    if _captured(before) != _captured(after):
        names = sorted({name for name, _ in set(_captured(before)) ^ set(_captured(after))})
        yield Detail(
            "capture",
            "change",
            f"what it keeps as {words.codes(f'state.{name}' for name in names)} is another",
            {"names": names},
        )


def _broken(before: Play, after: Play) -> Detail:
    was, now = words.fault(before.fault), words.fault(after.fault)
    severity: Severity = "change" if now == "none" else "breaking"
    return Detail("fault", severity, f"the fault is {now}, was {was}", {"before": was, "after": now})


def _limited(before: Play, after: Play) -> Detail:
    was, now = (
        f"{play.bucket.size} in {words.seconds(play.bucket.period)}" if play.bucket else "none"
        for play in (before, after)
    )
    severity: Severity = "change" if after.bucket is None else "breaking"
    return Detail("rate_limit", severity, f"the rate limit is {now}, was {was}", {"before": was, "after": now})


def _captured(play: Play) -> tuple[tuple[str, str], ...]:
    return play.texts.capture if play.texts is not None else ()


def _new(answer: Answer, route: Route) -> Detail:
    """A new answer changes what callers get only if it has conditions, or its turn comes by itself."""
    data = {"before": None, "after": _data(answer)}
    status = "" if not answer.name else f" ({spelled(status_of(answer))})"
    name = name_of(answer, route)
    if answer.conditions:
        when = words.conditions(answer.conditions)
        return Detail("answer", "change", f"the answer {name}{status} is new, given when {when}", data)
    if route.select != "rules":
        return Detail("answer", "change", f"the answer {name}{status} is new, and takes its turn", data)
    asked = f", for who asks by {words.code(f'Prefer: example={answer.name}')}" if answer.name else ""
    return Detail("answer", "addition", f"the answer {name}{status} is new{asked}", data)


def _default(before: Route, after: Route, pairs: Sequence[Pair]) -> Iterator[Detail]:
    """Whether callers who ask for nothing get another of the answers."""
    if before.select != "rules" or after.select != "rules":
        return
    was, now = default_of(before), default_of(after)
    if was is None and now is None:
        return
    if was is None or now is None:
        word = "answers when no condition of an answer holds" if was is None else "answers only where a condition holds"
        severity: Severity = "addition" if was is None else "breaking"
        yield Detail("default", severity, f"it {word} now", {"before": _named(was), "after": _named(now)})
    elif not any(one is was and other is now for one, other in pairs):
        here, there = _with_status(now, after), _with_status(was, before)
        severity = "breaking" if status_of(was) != status_of(now) else "change"
        data = {"before": _named(was), "after": _named(now)}
        yield Detail("default", severity, f"callers get {here} unless they ask otherwise, was {there}", data)


def _with_status(answer: Answer, route: Route) -> str:
    name = name_of(answer, route)
    return f"{name} ({spelled(status_of(answer))})" if answer.name else name


def default_of(route: Route) -> Answer | None:
    """What is given when no condition of an answer holds."""
    return next((answer for answer in route.answers if not answer.conditions), None)


def _named(answer: Answer | None) -> str | int | None:
    return None if answer is None else answer.name or answer.status


def _turns(before: Route, after: Route) -> Iterator[Detail]:
    if before.select != after.select:
        data = {"before": before.select, "after": after.select}
        says = f"one answer of several is chosen by `{after.select}`, was by `{before.select}`"
        yield Detail("select", "change", says, data)
    elif after.select in ("sequence", "cycle"):
        was, now = ([_named(answer) for answer in route.answers if not answer.conditions] for route in (before, after))
        if was != now and sorted(map(str, was)) == sorted(map(str, now)):
            order = " → ".join(words.code(name) for name in now)
            yield Detail("select", "change", f"the answers take turns in another order: {order}", {"after": now})
    if before.at_end != after.at_end:
        says = f"after the last answer of the sequence: `{after.at_end}`, was `{before.at_end}`"
        yield Detail("at_end", "change", says, {"before": before.at_end, "after": after.at_end})
