"""What requests and flows need of the world when a command sends them: an environment, secrets, addresses, consent."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

import click
import msgspec

from keymock import client
from keymock.catalog.environments import usual
from keymock.catalog.library import Library, SavedRequest
from keymock.commands.seen import Seen
from keymock.commands.servers import servers_of
from keymock.consent import VARIABLE, ConsentFile, for_this_run, variables
from keymock.direction import FLOW
from keymock.disk import state_folder
from keymock.journal.showing import SECRET_PLACES
from keymock.layout import Item, project_of
from keymock.outbound import Allowed, Host, Outbound, host_of, hosts, is_loopback
from keymock.preparing import Place, Prepared, ReadFile, Tokens, authorized, has_secret, prepare
from keymock.problems import Problem, Stop, did_you_mean, error
from keymock.secret_store import SecretStore
from keymock.sending import Incoming, Outgoing, Unsent
from keymock.serve.calls import ControlClient
from keymock.serve.inside import Inside
from keymock.spec import Mode
from keymock.template.errors import Refused
from keymock.variables import Level, Mask, Outside, Variables

F = TypeVar("F", bound=Callable[..., Any])


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line says of it. `variables` are those of `--var`; `seed` None draws one."""

    called: str
    environment: str = ""
    variables: Mapping[str, str] = {}
    seed: int | None = None
    offline: bool = False
    allow: tuple[str, ...] = ()
    target: Mode | None = None
    """Where answers shall come from, whatever is switched; None: as it is switched."""


def calling_options(function: F) -> F:
    """`--env`, `--var`, `--seed`, `--offline`, `--allow-outbound`: as `wanted` reads them."""
    for option in reversed((
        click.option("--env", "environment", metavar="E", default="", help="The environment; else the only, or local."),
        click.option("--var", "given", metavar="K=V", multiple=True, help="A variable, before all others; repeatable."),
        click.option("--seed", type=int, metavar="N", help="For uuid(), random_int() and the like."),
        click.option("--offline", is_flag=True, help="Reach no host at all."),
        click.option("--allow-outbound", "allow", multiple=True, metavar="H", help="Let this run reach HOST[:PORT]."),
    )):  # fmt: skip
        function = option(function)
    return function


def wanted(called: str, options: Mapping[str, Any], environ: Mapping[str, str]) -> Wanted:
    """The options of `calling_options`, read. Raises Stop."""
    given = as_pairs(called, "--var", options["given"])
    try:
        allow = tuple(str(each.host) for each in for_this_run(options["allow"], environ.get(VARIABLE, "")))
    except ValueError as fault:
        raise Stop(error(called, "bad-host", str(fault))) from None
    return Wanted(called=called, environment=options["environment"], variables=given, seed=options["seed"],
                  offline=options["offline"], allow=allow)  # fmt: skip


def as_pairs(called: str, option: str, texts: Iterable[str]) -> dict[str, str]:
    """Options written as K=V, by K. Raises Stop."""
    given = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise Stop(error(called, "usage", f"`{option} {text}` is no K=V", hint=f"{option} {name or 'user'}=ada"))
        given[name] = value
    return given


class Calling:
    """One run of a command that sends: of a workspace as the actor has it.

    `mask` knows every secret that was used: all that the command prints or writes passes it.
    """

    def __init__(self, seen: Seen, asked: Wanted) -> None:
        self.seen = seen
        self.asked = asked
        self.library = Library(seen.catalog, seen.rights)
        self.mask = Mask(names=seen.catalog.settings.redact.names)
        seen.invocation.hiding.append(self.mask.text)
        self.secrets = SecretStore(seen.invocation.environ, seen.root, seen.catalog.settings.name)
        self.secret: Callable[[str], str | None] = self.secrets.get
        self.seed = secrets.randbelow(2**32) if asked.seed is None else asked.seed
        self.now = time.time()
        self.tokens = Tokens()
        self._inside: Inside | None = None

    # ---- variables -----------------------------------------------------------------------------------------------

    def environment_of(self, space: str) -> str:
        """The environment of a space's requests; empty if there is none. Raises Stop for one that is not there."""
        known = self.library.names(space)
        name = self.asked.environment
        if name and name not in known:
            hint = did_you_mean(name, known) or ("there are " + ", ".join(known) if known else "there is none yet")
            raise Stop(error(self.asked.called, "no-such-environment", f"there is no environment `{name}`", hint=hint))
        if name:
            return name
        return usual(known)

    def variables(self, space: str, environment: str | None = None, *nearer: Level) -> Variables:
        """What names mean in a space. `nearer` are levels below `--var`: a flow's own, say. Raises Stop."""
        name = self.environment_of(space) if environment is None else environment
        own = Level("--var", dict(self.asked.variables), literal=True)
        levels = [own, *nearer, *self.library.levels(space, name)]
        known = {
            each: frozenset(key for level in self.library.levels(space, each) for key in level.values)
            for each in self.library.names(space)
            if each != name
        }
        outside = Outside(
            now=self.now, seed=self.seed, env=self.env, secret=self.secret, keeping=self.secrets.keeping,
            target_url=partial(self.target_url, space), environments=known,
        )  # fmt: skip
        return Variables(levels, outside, self.mask)

    @property
    def env(self) -> Mapping[str, str]:
        """The process variables that may be read: those that keymock.toml names and the user allows."""
        allowed = variables(self._consent.read(), self.seen.invocation.environ)
        return {name: allowed[name] for name in self.seen.catalog.settings.allow_env if name in allowed}

    # ---- addresses -----------------------------------------------------------------------------------------------

    def target_url(self, space: str, project: str = "") -> str:
        """Where a project answers; the space itself if none is named. Raises Refused for an unknown one.

        That is keymock's address, behind which it is switched, unless the real API is asked for by name.
        """
        if self.asked.target == "real":
            return self.real_url(space, project)
        name = project or project_of(space)
        if name and name not in self.seen.catalog.projects:
            known = self.seen.projects
            raise Refused(f"there is no project `{name}`", did_you_mean(name, known) or "there are " + ", ".join(known))
        running = self.running
        if running is not None:
            address = running.projects.get(name)
            return str(address.url if name and address is not None else running.url).rstrip("/")
        return f"http://{name + '.' if name else ''}localhost:{self.seen.catalog.settings.port}"

    def real_url(self, space: str, project: str = "") -> str:
        """Where the real API of a project is. Raises Refused if it has none."""
        name = project or project_of(space)
        found = self.seen.catalog.upstreams(self.asked.environment)
        if name in found:
            return found[name].url
        if name and name not in self.seen.catalog.projects:
            raise Refused(f"there is no project `{name}`", did_you_mean(name, self.seen.projects))
        table = '[upstream] urls.local = "http://127.0.0.1:3000"'
        raise Refused(f"the project `{name}` has no real API", f"write one into its project.toml: {table}")

    @cached_property
    def running(self) -> Any:
        """The server that runs for this workspace, that of `keymock run` before others; None if there is none."""
        running = servers_of(self.seen.invocation, self.seen.root)
        return running[0] if running else None

    # ---- sending -------------------------------------------------------------------------------------------------

    def read_file(self, item: Item, over: str = "") -> ReadFile:
        """How a request reads the files that it names."""
        return lambda name: self.library.beside(name, item, over)

    def ready(self, request: SavedRequest, variables: Variables) -> Prepared:
        """A saved request, filled in. Raises Stop."""
        if request.request is None:
            raise Stop(*request.problems)
        over = request.place.over.path if request.place.over is not None else ""
        return prepare(request.request, request.place, variables, self.read_file(request.item, over))

    def authorized(self, prepared: Prepared) -> Prepared:
        """The same with its token, which is asked for if it needs one. Raises Unsent."""
        if prepared.client is None:
            return prepared
        outgoing = authorized(prepared.outgoing, prepared.client, self._token_sender, self.tokens, self.mask, self.now)
        return Prepared(outgoing, None, has_secret(outgoing, self.mask))

    def send(self, prepared: Prepared) -> Incoming:
        """Sends what is ready: to the mocks in process where no server runs and they are meant. Raises Unsent."""
        outgoing = prepared.outgoing
        if self._is_ours(outgoing.url):
            self._have_hidden(outgoing)
            outgoing = msgspec.structs.replace(outgoing, headers=(*outgoing.headers, *self._for_us(outgoing)))
        if self.is_inside(outgoing.url):
            return self.inside(outgoing)
        parts = client.parts_of(outgoing.url)
        self._ask(parts.hostname or "", client.port_of(parts), secret=prepared.secret)
        return client.send_now(outgoing, partial(self._gate, secret=prepared.secret))

    def _have_hidden(self, outgoing: Outgoing) -> None:
        """Tells the running server which of what it is about to be sent is secret. Raises Unsent if it cannot.

        It gets to know nothing by that: each of them is in the request. It is told anew each time: it may be another
        worker by now.
        """
        body = outgoing.body.decode("utf-8", "surrogateescape")
        found = self.mask.within((outgoing.url, body, *(value for _, value in outgoing.headers)))
        if self.running is None or not found:
            return
        try:
            ControlClient(self.running.control, self.running.token).hide(found)
        except Stop as stop:
            problem = stop.problems[0]
            raise Unsent(problem.code, f"{problem.path}: {problem.message}", problem.hint) from None

    def _for_us(self, outgoing: Outgoing) -> Iterator[tuple[str, str]]:
        """What a server of ours is told besides: the target that is asked for, and where secrets are."""
        if self.asked.target in ("mock", "fallback"):
            yield FLOW, f"; target={self.asked.target}"
        mask = self.mask
        places = [name for name, value in outgoing.headers if mask.hides(value)]
        address, _, query = outgoing.url.partition("?")
        places += [name for name, text in (("path", address), ("query", query)) if mask.hides(text)]
        places += ["body"] if mask.data(outgoing.body) != outgoing.body else []
        if places:
            yield SECRET_PLACES.decode(), ", ".join(places)

    def _is_ours(self, url: str) -> bool:
        """Whether an address is keymock's: of the server that runs, else of one that could."""
        running = self.running
        if running is None:
            return self._is_mock(url)
        return any(url.startswith(each) for each in (running.url, *(one.url for one in running.projects.values())))

    def is_inside(self, url: str) -> bool:
        """Whether the mocks answer in process: no server runs, and they are meant."""
        return self.running is None and self._is_mock(url)

    @property
    def inside(self) -> Inside:
        """The mocks in process; the same for the whole run, so that what they remember lasts."""
        if self._inside is None:
            self._inside = Inside(self.seen.service)
        return self._inside

    def close(self) -> None:
        """Ends what the run began."""
        if self._inside is not None:
            self._inside.close()

    def _token_sender(self, outgoing: Outgoing) -> Incoming:
        return self.send(Prepared(outgoing, None, has_secret(outgoing, self.mask)))

    def _is_mock(self, url: str) -> bool:
        """Whether an address is the one that `keymock up` would have."""
        parts = urlsplit(url)
        settings, projects = self.seen.catalog.settings, self.seen.catalog.projects.values()
        ports = {settings.port, *(project.port for project in projects)}
        return parts.scheme == "http" and is_loopback(parts.hostname or "") and (parts.port or 80) in ports

    @cached_property
    def _consent(self) -> ConsentFile:
        return ConsentFile(state_folder(self.seen.invocation.environ), self.seen.root)

    @property
    def _outbound(self) -> Outbound:
        real = self.seen.catalog.upstreams(self.asked.environment).values()
        named = (*hosts(self.seen.catalog.settings.outbound), *(host_of(one.url) for one in real))
        return Outbound(named, (*for_this_run(self.asked.allow, ""), *self._consent.read().allowed),
                        offline=self.asked.offline)  # fmt: skip

    def _gate(self, name: str, port: int, address: str, *, secret: bool) -> Any:
        return self._outbound.refusal(name, port, address=address, by_person=True, secrets=secret)

    def _ask(self, name: str, port: int, *, secret: bool) -> None:
        """Asks for consent where a person sits and it is all that is missing; the answer is kept. Raises Unsent."""
        refused = self._outbound.refusal(name, port, by_person=True, secrets=secret)
        if refused is None or refused.code not in ("host-not-allowed", "secrets-not-allowed"):
            return
        if not self.seen.invocation.interactive:
            return
        also = " and be sent secrets" if secret else ""
        if not click.confirm(f"May this workspace reach {Host(name, port)}{also}?", default=False):
            raise Unsent(*refused)
        self._consent.allow([Allowed(Host(name, port)).host], secrets=secret)


def unsent(place: Place, fault: Unsent, mask: Mask) -> Problem:
    """Why nothing came back, told at the address of the request."""
    return place.problem(("url",), fault.code, mask.text(fault.message), mask.text(fault.hint))
