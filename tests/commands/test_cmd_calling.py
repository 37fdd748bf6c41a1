"""What requests need of the world: environments, addresses, consent, and the canary: no secret is ever seen."""

from __future__ import annotations

import pytest
from prompt import ADA, Result, Shell
from receiver import Answer, receiving
from requests_of_a_shop import CANARY, every_file, requests

from keymock.consent import ConsentFile

__all__ = ["requests"]


def told(done: Result) -> str:
    return done.err.splitlines()[0]


def test_the_only_environment_is_taken_else_local_else_none(requests: Shell) -> None:
    assert "(projects/shop/requests/users/get, environment local)" in requests("request", "send", "users/get").err
    (requests.folder / "projects/shop/environments/local.toml").rename(requests.folder / "environments/ci.toml")
    requests.put("environments/staging.toml", 'base_url = "https://staging.example.com"\n')
    done = requests("request", "send", "users/get")
    assert done.code == 2
    assert "there is no variable `base_url`" in done.err
    assert "has it: --env" in done.err
    assert requests("request", "send", "users/get", "--env", "ci").code == 0


def test_an_environment_that_is_not_there(requests: Shell) -> None:
    done = requests("request", "send", "users/get", "--env", "stagign")
    assert (done.code, "did you mean `staging`?" in done.err) == (2, True)


def test_a_variable_of_the_command_line_goes_first(requests: Shell) -> None:
    done = requests("request", "send", "users/get", "--var", "base_url=http://shop.localhost:8787/nothing", "--json")
    assert done.json["response"]["status"] == 404
    assert "`--var user` is no K=V" in requests("request", "send", "users/get", "--var", "user").err


def test_another_host_needs_its_name_in_the_settings_and_consent(requests: Shell) -> None:
    send = ("request", "send", "users/get", "--env", "staging")
    assert "is no host that this workspace names [host-not-named]" in requests(*send).err
    requests.put("keymock.toml", 'outbound = ["staging.example.com"]\n')
    done = requests(*send)
    assert done.code == 2
    assert told(done).endswith("nobody has allowed staging.example.com:443 to be reached [host-not-allowed]")
    assert "keymock allow staging.example.com:443" in done.err
    assert "users/get.toml:1:7" in told(done)
    assert "[offline]" in requests(*send, "--offline").err
    allowed = requests(*send, "--allow-outbound", "staging.example.com")
    assert (allowed.code, "[unresolved]" in allowed.err or "[no-server]" in allowed.err) == (1, True)


def test_a_secret_goes_only_where_secrets_may_go(requests: Shell) -> None:
    requests.put("keymock.toml", 'outbound = ["staging.example.com"]\n')
    send = ("request", "send", "auth/login", "--env", "staging", "--var", "user=ada")
    assert requests("allow", "staging.example.com").code == 0
    done = requests(*send)
    assert (done.code, "[secrets-not-allowed]" in done.err) == (2, True)
    assert "--secrets" in done.err
    assert CANARY not in done.out + done.err


def test_offline_leaves_the_mocks(requests: Shell) -> None:
    assert requests("request", "send", "users/get", "--offline").code == 0


def test_a_real_server_on_this_machine_needs_no_consent(requests: Shell) -> None:
    with receiving(Answer(201, (("Content-Type", "application/json"),), b'{"ok": true}')) as real:
        done = requests("request", "send", "auth/login", "--var", f"base_url={real.url}", "--json")
        (came,) = real.received
    assert done.json["response"]["json"] == {"ok": True}
    assert (came.method, came.path) == ("POST", "/login")
    assert CANARY.encode() in came.body


def test_nobody_there(requests: Shell) -> None:
    with receiving() as real:
        url = real.url
    done = requests("request", "send", "users/get", "--var", f"base_url={url}")
    assert (done.code, "[no-server]" in told(done)) == (1, True)
    assert "users/get.toml:1:7: error: nobody answers at" in told(done)


def test_the_canary_is_never_seen(requests: Shell) -> None:
    """In no output and no file: not when it is sent, echoed, asked about, refused, or part of something else."""
    consent = ConsentFile(requests.folder.parent / "state/keymock", requests.folder)
    spelled = (CANARY, "c4n4ry", "c4n4ry-s3cr3t%2F", "YzRuNHJ5")
    requests.put("projects/shop/requests/basic.toml",
                 'url = "{{ base_url }}/{{ secret.SHOP_PASSWORD }}"\nquery.p = "{{ secret.SHOP_PASSWORD }}"\n'
                 '[auth.basic]\nuser = "ada"\npassword = "{{ secret.SHOP_PASSWORD }}"\n')  # fmt: skip
    requests.put("projects/shop/requests/broken.toml",
                 'url = "{{ secret.SHOP_PASSWORD }}"\n')  # fmt: skip
    requests.put(
        "projects/shop/environments/ci.toml", 'pw = "{{ secret.SHOP_PASSWORD }}"\nbase_url = "http://{{ pw }}"\n'
    )
    lines = [
        (verb, name, *more)
        for verb in ("send", "show", "curl")
        for name in ("auth/login", "requests/basic", "requests/broken")
        for more in ((), ("--json",), ("--env", "ci"), ("--env", "ci", "--json"), ("-q",), ("-v",))
    ]
    for line in lines:
        done = requests("request", *line)
        assert not [each for each in spelled if each in done.out + done.err], line
    for why in ((), ("--why",), ("--json",), ("--why", "--json")):
        done = requests("vars", "--env", "ci", *why)
        assert not [each for each in spelled if each in done.out + done.err], why
    done = requests("request", "send", "auth/login", "--json")
    assert done.json["response"]["json"] == {"echo": {"user": "ada", "password": "•••"}}
    assert ["x-echo", "•••"] in done.json["response"]["headers"]
    found = every_file(requests.folder.parent)
    assert not [each for each in spelled if each.encode() in found]
    assert not consent.path.exists()


@pytest.mark.live
def test_a_running_server_answers(served: Shell) -> None:
    served.put("projects/shop/environments/local.toml", 'base_url = "{{ target_url }}/api"\n')
    served.put("projects/shop/requests/user.toml", 'url = "{{ base_url }}/users/1?expand=profile"\n')
    done = served("request", "send", "requests/user", "--json", KEYMOCK_USER=ADA)
    assert done.json["response"]["status"] == 200
    assert done.json["request"]["url"].startswith(served.ready["url"])
