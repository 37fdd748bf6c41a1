"""`keymock request send`."""

from __future__ import annotations

from prompt import Shell
from receiver import Answer, receiving
from requests_of_a_shop import requests

__all__ = ["requests"]


def test_the_answer_is_printed(requests: Shell) -> None:
    done = requests("request", "send", "users/get")
    assert done.code == 0
    status, *headers = done.out.splitlines()
    assert status.startswith("200  ")
    assert "x-keymock-mock: projects/shop/mocks/user" in headers
    assert done.out.endswith('\n\n{\n  "id": 7\n}\n')
    assert done.err == "GET http://shop.localhost:8787/users/7  (projects/shop/requests/users/get, environment local)\n"


def test_quietly_it_is_the_body_alone(requests: Shell) -> None:
    assert requests("request", "send", "users/get", "-q").out == '{\n  "id": 7\n}\n'


def test_as_json_it_is_the_exchange(requests: Shell) -> None:
    told = requests("request", "send", "users/get", "--json").json
    assert told["request"] == {
        "id": "projects/shop/requests/users/get", "environment": "local", "method": "GET",
        "url": "http://shop.localhost:8787/users/7", "headers": [["Accept", "*/*"]], "body": "",
    }  # fmt: skip
    assert (told["response"]["status"], told["response"]["json"], told["response"]["hops"]) == (200, {"id": 7}, [])


def test_a_refusal_counts_only_with_fail(requests: Shell) -> None:
    requests.put("projects/shop/requests/none.toml", 'url = "{{ base_url }}/nothing"\n')
    assert requests("request", "send", "none").code == 0
    assert requests("request", "send", "none", "--fail").code == 1
    assert requests("request", "send", "none", "--fail", "--json").code == 1


def test_a_file_of_the_current_folder_is_a_name_too(requests: Shell) -> None:
    at = requests.folder / "projects/shop/requests/users"
    assert requests("request", "send", "get.toml", at=at).code == 0
    assert requests("request", "send", "get", at=at).code == 0


def test_bad_input_is_a_sentence_with_its_place(requests: Shell) -> None:
    for name, text, place, told in (
        ("a", 'url = "{{ base_url }}/{{ nothing }}"\n', "a.toml:1:26", "there is no variable `nothing`"),
        ("b", 'url = "{{ base_url }}/"\nbody_file = "no.json"\n', "b.toml:2:13", "there is no file"),
        ("c", 'url = "{{ base_url }}/"\nbody_file = "../../../../x"\n', "c.toml:2:13", "leads out of"),
        ("d", 'url = "{{ base_url }}/"\nmehtod = "GET"\n', "d.toml:2:1", "unknown key `mehtod`"),
        ("e", 'url = "{{ base_url }}/:id"\n', "e.toml:1:7", "the parameter `id` of the path has no value"),
    ):
        requests.put(f"projects/shop/requests/{name}.toml", text)
        done = requests("request", "send", f"requests/{name}")
        assert (done.code, place in done.err, told in done.err) == (2, True, True), done.err
        assert "Traceback" not in done.err


def test_who_may_only_look_sends_nothing(requests: Shell) -> None:
    requests.put("ROLES", "* admin:ops@example.com\n/projects/shop/ viewer:ada@example.com\n")
    done = requests("request", "send", "users/get")
    assert (done.code, "[forbidden]" in done.err) == (1, True)
    assert requests("request", "ls").out.count("projects/shop/requests/") == 2


def test_the_target_may_be_the_real_api(requests: Shell) -> None:
    done = requests("request", "send", "users/get", "--target", "real")
    assert (done.code, "the project `shop` has no real API" in done.err) == (2, True)
    with receiving(Answer(200, (), b"really")) as real:
        requests.put("projects/shop/project.toml", f'[upstream]\nurls.local = "{real.url}"\n')
        assert requests("request", "send", "users/get", "--target", "real", "-q").out == "really\n"
    assert requests("request", "send", "users/get", "--target", "mock", "-q").out == '{\n  "id": 7\n}\n'
    assert "did you mean `real`?" in requests("request", "send", "users/get", "--target", "rael").err
