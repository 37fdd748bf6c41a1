from __future__ import annotations

from telling import compared, told

MOCK = {"projects/shop/mocks/a.toml": 'request.path = "/a"\n'}
RULES = "* admin:ops@x\n/projects/shop/ user:ada@x\n"


def test_settings_of_the_workspace() -> None:
    assert told({**MOCK, "keymock.toml": "port = 8787\n"}, {**MOCK, "keymock.toml": 'roles = "review"\n'}) == [
        "change: `roles` is `review`, was `full`"
    ]


def test_fault_profiles_and_variables() -> None:
    before = {**MOCK, "keymock.toml": '[variables]\na = 1\n[faults.slow]\ndelay = "1s"\n'}
    after = {
        **MOCK,
        "keymock.toml": '[variables]\na = 2\nb = 1\n[faults.slow]\ndelay = "2s"\n[faults.bad]\nstatus = 500\n',
    }
    assert told(before, after) == [
        "change: the variable `a` is `2`, was `1`",
        "change: the fault profile `slow` is another",
        "addition: the variable `b` is new (`1`)",
        "addition: the fault profile `bad` is new",
    ]


def test_a_project_that_goes_takes_its_mocks_along() -> None:
    assert told(MOCK, {"keymock.toml": ""}) == ["breaking: the project `shop` is gone", "breaking: it answered 200"]


def test_a_port_of_its_own_hurts_nobody() -> None:
    assert told(MOCK, {**MOCK, "projects/shop/project.toml": "port = 9001\n"}) == [
        "addition: its own port is `9001`, was none"
    ]


def test_roles_that_begin_to_decide_and_end() -> None:
    assert told(MOCK, {**MOCK, "ROLES": RULES})[0] == "breaking: ROLES decides who may do what now"
    assert told({**MOCK, "ROLES": RULES}, MOCK) == ["change: everybody may do everything now: ROLES has no rule"]
    assert told({**MOCK, "ROLES": RULES}, {**MOCK, "ROLES": "* admin:\n"}) == [
        "breaking: ROLES cannot be read: nobody may do anything but at home"
    ]


def test_roles_that_mean_the_same() -> None:
    assert told({**MOCK, "ROLES": RULES}, {**MOCK, "ROLES": f"# who\n{RULES}"}) == [
        "note: ROLES is written otherwise, and means the same"
    ]


def test_keys_and_admins() -> None:
    key = "key ada@x ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0nQ2sVvb0hW1c2rQ9mW2m0j0cB8Jp9rJt5b1x7mKzq\n"
    after = RULES.replace("ops@x", "bob@x") + key
    assert told({**MOCK, "ROLES": RULES}, {**MOCK, "ROLES": after}) == [
        "change: `bob@x` is workspace admin now",
        "change: `ops@x` is no longer workspace admin",
        "change: the keys that sign for people are others",
    ]


def test_a_change_around_the_mocks_has_a_subject_and_no_mock() -> None:
    (change,) = compared(MOCK, {**MOCK, "ROLES": RULES}).changes
    assert (change.about, change.mock, change.route) == ("ROLES", "", "")
