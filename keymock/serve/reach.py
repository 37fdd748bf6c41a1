"""What a server may reach from here, asked anew for each call: settings, and what the user allows, change meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from keymock import client, spec
from keymock.consent import for_this_run
from keymock.outbound import Allowed, Outbound, Refused, host_of, hosts


class Reach:
    """Who may be called. `settings` gives keymock.toml as it is now, `allow` are the hosts allowed for this run.

    `upstreams` gives the addresses of the real APIs.

    `own_ports` and `kept`, the hosts that the user has allowed for good, are told by whoever knows them.
    """

    def __init__(
        self,
        settings: Callable[[], spec.Workspace],
        allow: tuple[str, ...] = (),
        *,
        offline: bool = False,
        upstreams: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        self._settings = settings
        self._upstreams = upstreams
        self._for_this_run = for_this_run(allow, "")
        self._offline = offline
        self.own_ports: frozenset[int] = frozenset()
        self.kept: Callable[[], tuple[Allowed, ...]] = tuple

    def now(self) -> Outbound:
        """What decides at this moment."""
        return Outbound(
            (*hosts(self._settings().outbound), *map(host_of, self._upstreams())),
            (*self._for_this_run, *self.kept()),
            self.own_ports,
            self._offline,
        )

    def gate(self, *, by_person: bool = False) -> client.Gate:
        """What `client` asks before it connects. `by_person`: whether somebody started the call."""
        outbound = self.now()

        def refusal(name: str, port: int, address: str) -> Refused | None:
            return outbound.refusal(name, port, address=address, by_person=by_person)

        return refusal
