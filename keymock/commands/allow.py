"""`keymock allow`: the hosts that a workspace may reach, kept outside of it."""

from __future__ import annotations

import click

from keymock.commands.invocation import Invocation, root_of
from keymock.commands.printing import put_json, remark
from keymock.commands.verb import verb
from keymock.consent import Consent, ConsentFile
from keymock.disk import state_folder
from keymock.outbound import Host, host
from keymock.problems import Stop, error


@verb(
    "allow",
    examples=(
        "keymock allow                                what is allowed for this workspace",
        "keymock allow api.example.com                requests, flows and upstreams may go there",
        "keymock allow 127.0.0.1:9000                 webhooks need the port, on this machine too",
        "keymock allow api.example.com:443 --secrets  secrets may be sent there",
        "keymock allow --env REGION                   templates may read this process variable",
        "keymock allow --remove api.example.com",
    ),
)
@click.argument("given", nargs=-1, metavar="[HOST[:PORT]]…")
@click.option("--secrets", is_flag=True, help="Secrets may go there too.")
@click.option("--env", multiple=True, metavar="NAME", help="A process variable that `allow_env` of keymock.toml names.")
@click.option("--remove", is_flag=True, help="Take it back.")
def command(invocation: Invocation, given: tuple[str, ...], secrets: bool, env: tuple[str, ...], remove: bool) -> int:
    """Allow this workspace to reach hosts that it names by `outbound` or `upstream`; without a host, list them.

    The names in `allow_hosts` that are not this machine's are allowed in the same way, and process variables by --env.

    That a file names a host opens nothing: consent is yours, and lies in your own state folder, not in the
    repository. A running server follows at once.
    """
    file = ConsentFile(state_folder(invocation.environ), root_of(invocation))
    wanted = [_host(text) for text in given]
    if (secrets and not wanted) or (remove and not (wanted or env)):
        raise Stop(error("keymock allow", "usage", "say which host", hint="see keymock allow --help"))
    try:
        if remove:
            _need(file.read(), wanted, env)
            consent = file.forget(wanted, env=env)
        else:
            consent = file.allow(wanted, secrets=secrets, env=env) if wanted or env else file.read()
    except OSError as fault:
        raise Stop(error(str(file.path), "not-writable", f"cannot be written: {fault.strerror}")) from None
    _tell(invocation, consent, file)
    return 0


def _host(text: str) -> Host:
    try:
        return host(text)
    except ValueError as fault:
        raise Stop(error("keymock allow", "bad-host", str(fault), hint="keymock allow api.example.com:443")) from None


def _need(consent: Consent, wanted: list[Host], env: tuple[str, ...]) -> None:
    for each in (*wanted, *env):
        if str(each) not in (*consent.hosts, *consent.env):
            known = ", ".join((*consent.hosts, *consent.env)) or "nothing is"
            raise Stop(error("keymock allow", "not-allowed", f"{each} is not allowed", hint=f"allowed: {known}"))


def _tell(invocation: Invocation, consent: Consent, file: ConsentFile) -> None:
    if invocation.json:
        hosts = [{"host": str(each.host), "secrets": each.secrets} for each in consent.allowed]
        put_json([*hosts, *({"env": name} for name in consent.env)])
        return
    for each in consent.allowed:
        print(f"{each.host}  secrets too" if each.secrets else str(each.host))
    for name in consent.env:
        print(f"env.{name}")
    if consent.hosts or consent.env:
        remark(invocation, f"allowed for {file.root}, kept in {file.path}")
    else:
        remark(invocation, "nothing is allowed: this workspace reaches no host but this machine, and calls no webhook")
