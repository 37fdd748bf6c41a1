"""`keymock new`: writes a mock."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import msgspec

from keymock import drafting, pattern
from keymock.catalog import MAX_BODY
from keymock.commands.addresses import Call, answering, call_of, running_of
from keymock.commands.calling import calling_options
from keymock.commands.invocation import Invocation
from keymock.commands.origins import free, origin_of
from keymock.commands.printing import from_here, put_json, remark
from keymock.commands.seen import Seen, look
from keymock.commands.verb import verb
from keymock.drafting import Draft, Wish
from keymock.exchange import METHODS, NOT_JSON, parse_query, read_json
from keymock.layout import PROJECT_NAME
from keymock.pattern import PatternError
from keymock.problems import Stop, did_you_mean, error, nearest

EXAMPLES = (
    'keymock new GET /users/:id 200 \'{"id": 1, "name": "Ada"}\'',
    "keymock new POST /orders 201 @order.json --header 'Location: /orders/1'",
    "curl -s https://api.example.com/users | keymock new GET /users 200 -",
    "keymock new /health                    # GET, 200, no body",
    "keymock new '/users?expand=profile' 200 '{\"id\": 1}' --name 'Get a user with profile'",
    "keymock new --from request:users/get --example ok",
    "keymock new --from journal:17          # what a running server answered, or could not",
    "keymock new --from operation:getUser   # what the contract answers",
    "keymock new --from flow:checkout --run # a mock for each route, in the flow's order",
    "keymock new                            # asks, on a terminal",
)


@verb("new", examples=EXAMPLES)
@click.argument("words", nargs=-1, metavar="[METHOD PATH [STATUS] [BODY|@FILE|-]]")
@click.option("--method", metavar="METHOD", help="GET if left out; several with commas; * for all.")
@click.option("--route", metavar="PATH", help="As :id, {id}, :id<int>, *rest; ?name=value asks for a query.")
@click.option("--status", metavar="STATUS", help="200 if left out.")
@click.option("--body", metavar="TEXT", help="What is sent. JSON is seen to be JSON.")
@click.option("--body-file", metavar="FILE", help="The body from a file, byte for byte.")
@click.option("--json-body", metavar="JSON", help="The body as JSON, a bare text or number too.")
@click.option("--name", metavar="NAME", help="What to call it; made of method and path if left out.")
@click.option("--header", "headers", metavar="'K: V'", multiple=True, help="A header of the answer; repeatable.")
@click.option("--scope", metavar="SCOPE", help="private, workspace, or project:NAME.")
@click.option(
    "--from", "origin", metavar="KIND:NAME", help="From what is there: request:ID, flow:ID, journal:N, operation:ID."
)
@click.option("--run", is_flag=True, help="With --from flow:ID: run it against the real API, and keep what came.")
@calling_options
@click.option("--example", metavar="E", help="With --from request:ID, which of its examples.")
def command(invocation: Invocation, words: tuple[str, ...], **options: Any) -> int:
    """Write a mock.

    PATH is the path as its callers send it, :id for what varies. BODY is text, or JSON; @FILE takes it from a file,
    - from standard input. Without --scope the mock belongs to the project of the current folder, else to the only
    project there is, else to the whole workspace.

    --from request:ID takes all of it from a saved request and its examples, of which --example chooses one; several
    become [[responses]], by name. Ids become parameters, what is another header every time goes, secrets are replaced.
    --from flow:ID makes a mock for each route that the flow asks, in the order of the flow; with --run from what the
    real API answers now, else from saved examples.
    """
    calling = {name: options.pop(name) for name in ("environment", "given", "seed", "offline", "allow")}
    given = {name: value for name, value in options.items() if value not in (None, ()) and value is not False}
    seen = look(invocation)
    if str(given.get("origin", "")).startswith("flow:"):
        return _from_flow(seen, words, given, calling)
    if "run" in given:
        raise _wrong("--run belongs to --from flow:ID")
    if not words and not given:
        if not invocation.interactive:
            raise Stop(error("keymock new", "usage", "PATH is missing", hint=f"for example: {EXAMPLES[0]}"))
        words, given = (), _asked(seen)
    wish, space = _wanted(seen, words, given)
    made = _drafted(seen, wish, space)
    world = seen.service.world
    files = _save(seen, made)
    seen.service.rescan(None)
    route = seen.routes.get(made.id)
    call = call_of(seen, route) if route is not None else None
    if invocation.json:
        put_json({"mock": made.id, "files": files, "curl": call.curl if call else None})
        return 0
    for number, file in enumerate(reversed(files)):
        print(f"{'wrote' if number == 0 else '     '}  {from_here(invocation, seen.root, file)}")
    if call is not None:
        print(f"try    {call.curl}")
        _say_more(seen, call, answering(world, call))
    _say_if_broken(seen, wish)
    return 0


def _from_flow(seen: Seen, words: tuple[str, ...], given: dict[str, Any], calling: dict[str, Any]) -> int:
    """The mocks of a flow, all of them or none."""
    from keymock.commands.flow.making import made_of  # noqa: PLC0415  (flows, which no other mock needs)

    others = sorted(given.keys() - {"origin", "run", "scope"})
    if words or others:
        more = f"`{words[0]}`" if words else f"--{others[0].replace('_', '-')}"
        raise _wrong(
            f"--from says all of it, so {more} has no place", "change the mocks afterwards, they are small files"
        )
    scope = space_of(seen, given["scope"]) if "scope" in given else ""
    made = made_of(seen, given["origin"].partition(":")[2], calling, scope, run_it="run" in given)
    files = [file for each in made.drafts for file in _save(seen, each)]
    seen.service.rescan(None)
    if seen.invocation.json:
        put_json({"mocks": [each.id for each in made.drafts], "files": files, "notes": list(made.notes)})
        return 0
    for number, file in enumerate(files):
        print(f"{'wrote' if number == 0 else '     '}  {from_here(seen.invocation, seen.root, file)}")
    for note in made.notes:
        remark(seen.invocation, f"note   {note}")
    remark(seen.invocation, f"run    keymock flow run {given['origin'].partition(':')[2]} --target mock")
    return 0


def _wanted(seen: Seen, words: tuple[str, ...], given: dict[str, Any]) -> tuple[Wish, str]:
    """The mock that is asked for, and its space."""
    if "origin" not in given:
        if "example" in given:
            raise _wrong("--example belongs to --from request:ID")
        return _wish(seen.invocation, words, given), space_of(seen, given.get("scope", ""))
    others = sorted(given.keys() - {"origin", "example", "scope", "name"})
    if words or others:
        more = f"`{words[0]}`" if words else f"--{others[0].replace('_', '-')}"
        raise _wrong(f"--from says all of it, so {more} has no place", "change the mock afterwards, it is a small file")
    origin = origin_of(seen, given["origin"], given.get("example", ""))
    space = origin.space if origin.space and "scope" not in given else space_of(seen, given.get("scope", ""))
    if "name" in given:
        return msgspec.structs.replace(origin.wish, name=given["name"]), space
    return free(origin.wish, space, seen.catalog.units), space


def _say_more(seen: Seen, call: Call, before: str) -> None:
    """What stands between the mock and its first answer, and whose answer it is no longer."""
    if call.sure and before and "#" not in before:  # a contract is there to be gone before
        remark(seen.invocation, f"note   {before} answered this until now")
    if call.instead:
        remark(seen.invocation, f"note   {call.instead} goes before it; a condition more, or `priority = 1`, decides;")
        remark(seen.invocation, "       or make both [[responses]] of one mock: keymock help ambiguous")
    elif not call.sure:
        remark(
            seen.invocation, f"note   no request was found that reaches it: keymock explain {call.method} {call.url}"
        )
    if seen.invocation.interactive and not running_of(seen):
        remark(seen.invocation, "first  keymock up")


def _say_if_broken(seen: Seen, wish: Wish) -> None:
    """A bracket that is missing makes a text of what was meant as JSON, which nobody sees before a client does."""
    text = wish.body.decode("utf-8", "replace")
    fault = drafting.json_fault(text) if drafting.begins_as_json(text) else ""
    if fault:
        remark(seen.invocation, f"note   the body begins as JSON and is none ({fault}): it is sent as it is, as text")


# ---- what was asked for ------------------------------------------------------------------------------------------


def _wish(invocation: Invocation, words: tuple[str, ...], given: dict[str, Any]) -> Wish:
    positional = _positional(words)
    for name in ("method", "route", "status", "body"):
        if name in positional and name in given:
            option = f"--{name}"
            raise _wrong(f"{name} is given twice: `{positional[name]}` and {option} {given[name]}")
    wanted = {**positional, **given}
    if "route" not in wanted:
        raise _wrong("PATH is missing", f"for example: {EXAMPLES[0]}")
    path, query = _split_route(wanted["route"])
    bodies = [name for name in ("body", "body_file", "json_body") if name in wanted]
    if len(bodies) > 1:
        raise _wrong(f"both --{bodies[0].replace('_', '-')} and --{bodies[1].replace('_', '-')} say what the body is")
    body, body_name, content_type, literal = body_of(invocation, wanted)
    name = wanted.get("name", "")
    plain = re.fullmatch(r"[a-z0-9_/.-]+", name) is not None
    return Wish(
        methods=_methods(wanted.get("method", "GET")),
        path=path,
        query=query,
        status=status_of(wanted.get("status", "200")),
        headers=headers_of(wanted.get("headers", ())),
        body=body,
        content_type=content_type,
        body_name=body_name,
        name=name,
        title="" if plain else name,
        literal=literal,
    )


def _positional(words: tuple[str, ...]) -> dict[str, str]:
    """METHOD PATH [STATUS] [BODY], of which METHOD and STATUS may be left out."""
    rest = list(words)
    found: dict[str, str] = {}
    if rest and not _is_route(rest[0]):
        found["method"] = rest.pop(0)
        if not rest:
            method = words[0].upper() if words[0].upper() in METHODS else "GET"
            raise _wrong(f"PATH is missing after `{words[0]}`", f"for example: keymock new {method} /users")
    if rest:
        found["route"] = rest.pop(0)
    if rest and re.fullmatch(r"\d{1,3}", rest[0]):
        found["status"] = rest.pop(0)
    if rest:
        found["body"] = rest.pop(0)
    if rest:
        hint = "put the body in quotes, so that the shell keeps it together"
        raise _wrong(f"`{rest[0]}` is one word too many", hint)
    return found


def _is_route(word: str) -> bool:
    return word.startswith(("/", "http://", "https://"))


def _split_route(text: str) -> tuple[str, dict[str, str | list[str]]]:
    """A path, or an address whose host does not matter, and the query that it ends in."""
    if text.startswith(("http://", "https://")):
        parts = urlsplit(text)
        text = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    found = re.search(r"\?([^<>{}/?]*=[^<>?]*)$", text)
    if found is None:
        return text, {}
    values = parse_query(found[1].encode())
    return text[: found.start()], {name: all_[0] if len(all_) == 1 else all_ for name, all_ in values.items()}


def _methods(text: str) -> tuple[str, ...]:
    methods = tuple(dict.fromkeys(word.strip().upper() for word in text.split(",") if word.strip()))
    for method in methods:
        if method in ("TRACE", "CONNECT"):
            raise _wrong(f"{method} is never answered by a mock")
        if method in (*METHODS, "*"):
            continue
        near = nearest(method, [usual.lower() for usual in METHODS])
        if near:
            raise _wrong(f"`{method}` is no usual method", f"did you mean `{near.upper()}`?")
        if not re.fullmatch(r"[A-Z][A-Z0-9_-]*", method):
            raise _wrong(f"`{method}` is no method", f"usual are {', '.join(METHODS)}")
    return methods or ("GET",)


def status_of(text: str) -> int:
    if not re.fullmatch(r"[2-5]\d\d", str(text)):
        raise _wrong(f"`{text}` is no status of an answer", "200 to 599")
    return int(text)


def headers_of(lines: tuple[str, ...]) -> dict[str, str | list[str]]:
    found: dict[str, list[str]] = {}
    spelled: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise _wrong(f"`{line}` is no header", "a name, a colon and a value: `Location: /orders/1`")
        key = spelled.setdefault(name.strip().lower(), name.strip())
        found.setdefault(key, []).append(value.strip())
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def body_of(invocation: Invocation, wanted: dict[str, Any]) -> tuple[bytes, str, str, bool]:
    """The bytes, the file they come from, their type if it is said, and whether `{{` in them means nothing."""
    text = wanted.get("body", "")
    if "json_body" in wanted:
        value = wanted["json_body"].encode()
        if read_json(value) is NOT_JSON:
            raise _wrong(f"`{wanted['json_body']}` is not JSON", "a text needs its quotes: --json-body '\"hello\"'")
        return value, "", "application/json", False
    if "body_file" in wanted or text.startswith("@"):
        name = wanted.get("body_file") or text[1:]
        return _read(invocation.folder / name), Path(name).name, "", True
    if text == "-":
        data = sys.stdin.buffer.read(MAX_BODY + 1)
        if len(data) > MAX_BODY:
            raise _wrong("standard input gives more than 50 MiB", "a body file has 50 MiB at most")
        return data, "", "", True
    return text.encode("utf-8", "surrogateescape"), "", "", False


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BODY:
            raise _wrong(f"{path.name} has more than 50 MiB", "a body file has 50 MiB at most")
        return path.read_bytes()
    except OSError as fault:
        raise _wrong(f"{path} cannot be read: {fault.strerror}") from None


def _wrong(message: str, hint: str = "") -> Stop:
    return Stop(error("keymock new", "usage", message, hint=hint or "see keymock new --help"))


# ---- where it goes -----------------------------------------------------------------------------------------------


def space_of(seen: Seen, scope: str) -> str:
    """The space that a mock is written into."""
    if not scope:
        return space_here(seen)
    if scope == "workspace":
        return "workspace"
    if scope == "private":
        if not seen.owner:
            hint = "set KEYMOCK_USER, or git config user.email, or use --as"
            raise Stop(
                error("keymock new", "no-identity", "nobody is named, and nobody has no private folder", hint=hint)
            )
        return f"private/{seen.owner}"
    kind, colon, name = scope.partition(":")
    if kind != "project" or not colon:
        words = _scopes(seen)
        guess = did_you_mean(scope, words) or (f"did you mean `project:{scope}`?" if scope in seen.projects else "")
        raise _wrong(f"`{scope}` is no scope", guess or f"one of {', '.join(words)}")
    if name not in seen.catalog.projects:
        guess = did_you_mean(name, seen.projects)
        if guess:
            raise _wrong(f"there is no project `{name}`", guess)
        if not PROJECT_NAME.fullmatch(name):
            raise _wrong(f"`{name}` cannot name a project", "small letters, digits and -, 63 at most")
    return f"projects/{name}"


def _scopes(seen: Seen) -> list[str]:
    """What can be said for `--scope`: nobody has no private folder."""
    return ["workspace", *(f"project:{name}" for name in seen.projects), *(["private"] if seen.owner else [])]


def space_here(seen: Seen) -> str:
    """The current folder's project, else the only one, else the workspace."""
    here = seen.file_at("x")
    if here:
        item = seen.catalog.tree.layout.classify(f"{here.rpartition('/')[0]}/mocks/x.toml")
        folders = {folder: name for name, folder in seen.catalog.tree.layout.projects.items()}
        inside = next((name for folder, name in folders.items() if here.startswith(f"{folder}/")), "")
        if inside:
            return f"projects/{inside}"
        if item is not None and here.startswith(("workspace/", f"private/{seen.owner}/")):
            return item.space
    return f"projects/{seen.projects[0]}" if len(seen.projects) == 1 else "workspace"


def _drafted(seen: Seen, wish: Wish, space: str) -> Draft:
    taken = [name for name in seen.catalog.units if name.startswith(f"{space}/")]
    try:
        made = drafting.draft(wish, space, taken)
    except PatternError as fault:
        raise _wrong(f"`{wish.path}`: {fault.message}", fault.hint) from None
    except ValueError as fault:
        raise _wrong(str(fault)) from None
    errors = [problem for problem in drafting.problems_of(made) if problem.severity == "error"]
    if errors:
        remark(seen.invocation, "nothing is written: this is what the file would be")
        raise Stop(*errors)
    return made


def _save(seen: Seen, made: Draft) -> list[str]:
    """Writes the files of a draft; all of them, or none if one is there already or must not be written."""
    return seen.workspace.add(made.files, policy=seen.rights.policy, layout=seen.catalog.tree.layout)


# ---- the wizard --------------------------------------------------------------------------------------------------


def _asked(seen: Seen) -> dict[str, Any]:
    """The same by questions. An answer that makes no sense is asked for again."""
    print("A new mock. Enter takes what stands in brackets, Ctrl-C leaves.")
    here = space_here(seen)
    usual = f"project:{here.removeprefix('projects/')}" if here.startswith("projects/") else here.partition("/")[0]
    method = _ask("Method", _methods, "GET")
    route = _ask("Path, like /users/:id", lambda text: pattern.parse(_split_route(text)[0]))
    own = drafting.name_of(_methods(method), _split_route(route)[0])
    name = _ask("Name", _check_name, own)
    found: dict[str, Any] = {
        "method": method,
        "route": route,
        "name": name if name != own else "",
        "status": _ask("Status", status_of, "200"),
        "headers": tuple(_ask_headers()),
        "body": _ask("Body (text, JSON, or @FILE)", lambda text: body_of(seen.invocation, {"body": text}), ""),
        "scope": _ask(f"Scope ({', '.join(_scopes(seen))})", lambda text: space_of(seen, text), usual),
    }
    return {key: answer for key, answer in found.items() if answer}


def _ask_headers() -> Iterator[str]:
    """Headers of the answer, until one is left empty."""
    while line := _ask("Header, like Cache-Control: no-store (Enter: no more)", _check_header, ""):
        yield line


def _check_header(line: str) -> None:
    if line:
        headers_of((line,))


def _check_name(text: str) -> None:
    try:
        drafting.asked_name(text)
    except ValueError as fault:
        raise _wrong(str(fault)) from None


def _ask(question: str, check: Callable[[str], object], default: str | None = None) -> str:
    def checked(text: str) -> str:
        try:
            check(text)
        except Stop as stop:
            raise click.UsageError(". ".join(filter(None, (stop.problems[0].message, stop.problems[0].hint)))) from None
        except PatternError as fault:
            raise click.UsageError(". ".join(filter(None, (fault.message, fault.hint)))) from None
        return text

    answer: str = click.prompt(question, default=default, value_proc=checked, show_default=bool(default))
    return answer
