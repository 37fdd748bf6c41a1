"""A shop whose every request carries secrets, in every place that a request has, and whose every answer echoes them."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from urllib.parse import unquote

import pytest
from prompt import Shell
from real_api import Answer, Asked, RealApi, real_api

SECRETS = {
    "PLAIN": "kan4ryPlain11aZ.mid-tAilPlain22bY",
    "ODD": "kan4ryOdd33cX \"q'uo&te<%25+/\\n \n é∞😀 tAilOdd44dW",
    "LINE": 'kan4ryLine55eV "é%&+ tAilLine66fU',
    "COOKIE": "kan4ryCook77gT/+tAilCook88hS",
    "HASH": "kan4ryHash12lK#tAilHash13mL",
    "NUMBER": "867530942424217",
    "CLIENT": "kan4ryClient99iR:%tAilClient10jQ",
}
CORES = (
    "kan4ry", "11aZ", "tAil", "22bY", "33cX", "44dW", "55eV", "66fU", "77gT", "88hS", "99iR", "10jQ", "12lK", "13mL",
    "867530942424217",
)  # fmt: skip
"""Parts that no way of escaping changes: none of them may be seen anywhere."""


def spellings() -> Iterator[str]:
    """What the parts become in base64, wherever they begin there, and in hexadecimal."""
    yield from CORES
    for core in CORES:
        if len(core) < 5:  # a few letters of base64 stand in any text by chance
            continue
        yield core.encode().hex()
        for before in range(3):
            coded = b64encode(bytes(before) + core.encode())
            yield coded.decode()[(0, 2, 3)[before] : (before + len(core)) * 8 // 6]


def seen_in(text: str | bytes) -> list[str]:
    """The parts of secrets that can be seen in a text, with a little of what stands around each."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    places = [data.find(each.encode()) for each in spellings()]
    return [data[max(0, at - 60) : at + 40].decode("utf-8", "replace") for at in places if at >= 0]


def says(asked: Asked) -> Answer:
    """Everything that came, back in the body, in headers, in a cookie, in where a redirect leads."""
    if asked.target.startswith("/token"):
        token = "tok-" + urlsafe_b64encode(asked.body).decode().rstrip("=")
        return Answer(200, (("Content-Type", "application/json"),), json.dumps({"access_token": token}).encode())
    body = asked.body.decode("utf-8", "replace")
    try:
        given = json.loads(body)
    except ValueError:
        given = None
    told = {"body": body, "json": given, "target": asked.target, "plain": unquote(asked.target), "all": asked.headers}
    told["nested"] = json.dumps(told)
    headers = [("Content-Type", "application/json"), ("X-Echo", asked.headers.get("x-api", "-"))]
    headers.append(("Set-Cookie", f"sid={asked.headers.get('cookie', 'c=none')[2:]}; Path=/"))
    headers.append(("Location", f"/next{asked.target}"))
    status = 302 if "redirect" in asked.target else 422 if "wrong" in asked.target else 200
    return Answer(status, tuple(headers), json.dumps(told, ensure_ascii="ascii" in asked.target).encode())


FILES = {
    "keymock.toml": 'name = "canary"\nport = 8787\n',
    "projects/shop/environments/local.toml": (
        'base_url = "{{ target_url }}"\npw = "{{ secret.PLAIN }}"\nodd = "x {{ secret.ODD }} y"\n'
        'broken = "{{ secret.PLAIN | int }}"\nwide = "{{ pw }}/{{ odd }}"\n'
    ),
    "projects/shop/requests/every.toml": """\
method = "POST"
url = "{{ base_url }}/echo/{{ secret.PLAIN }}/:odd/ascii"
params.odd = "{{ secret.ODD }}"
query.k = "{{ secret.ODD }}"
query.n = "{{ secret.NUMBER }}"
headers.X-Api = "{{ secret.LINE }}"
headers.X-Plain = "a {{ pw }} b"
cookies.c = "{{ secret.COOKIE }}"
auth.basic = { user = "ada", password = "{{ secret.ODD }}" }
[json]
password = "{{ secret.PLAIN }}"
note = "so: {{ secret.ODD }}"
n = "{{ secret.NUMBER | int }}"
deep = [{ "{{ secret.PLAIN }}" = 1, list = ["{{ odd }}"] }]
""",
    "projects/shop/requests/form.toml": """\
method = "POST"
url = "{{ base_url }}/form/wrong"
auth.bearer = "{{ secret.PLAIN }}"
redirects = false
form = { a = "{{ secret.ODD }}", b = "{{ secret.LINE }}" }
""",
    "projects/shop/requests/parts.toml": """\
method = "POST"
url = "{{ base_url }}/parts"
auth.api_key = { query = "key", value = "{{ secret.LINE }}" }
[parts]
a = { body = "{{ secret.ODD }}" }
b = { json = { p = "{{ secret.PLAIN }}" } }
""",
    "projects/shop/requests/graph.toml": """\
url = "{{ base_url }}/graphql"
auth.api_key = { header = "X-Api", value = "{{ secret.PLAIN }}" }
graphql = { query = "query A($p: String) { a(p: $p) }", variables = { p = "{{ secret.ODD }}" } }
""",
    "projects/shop/requests/text.toml": """\
method = "PUT"
url = "{{ base_url }}/redirect/{{ secret.NUMBER }}"
redirects = false
body = "<a>{{ secret.ODD }}</a>"
""",
    "projects/shop/requests/client.toml": """\
url = "{{ base_url }}/client"
[auth.oauth2]
token_url = "{{ target_url }}/token"
client_id = "me"
client_secret = "{{ secret.CLIENT }}"
""",
    "projects/shop/requests/nobody.toml": 'url = "http://127.0.0.1:9/{{ secret.PLAIN }}?q={{ secret.ODD }}"\n',
    "projects/shop/requests/header.toml": 'url = "{{ base_url }}/x"\nheaders.X-A = "{{ secret.ODD }}"\n',
    "projects/shop/requests/host.toml": 'url = "http://{{ secret.PLAIN }}.test/"\n',
    "projects/shop/requests/cut.toml": 'url = "{{ base_url }}/x?q={{ secret.HASH }}"\n',
    "projects/shop/requests/tls.toml": 'url = "https://127.0.0.1:{{ port | default(9) }}/{{ secret.PLAIN }}"\n',
    "projects/shop/flows/every.toml": """\
[[steps]]
id = "every"
request = "every"
keep_going = true
capture.body = "$.body"
capture.key = { header = "X-Echo", default = "" }
capture.sid = { cookie = "sid", default = "" }
capture.found = { regex = '/echo/([^/]+)/', default = "" }
expect.status = 299
expect.headers.X-Echo = "no"
expect.jsonpath."$.body" = "{{ secret.ODD }}"
[[steps]]
id = "again"
method = "POST"
url = "{{ base_url }}/again/{{ found }}?k={{ key }}"
json = { again = "{{ body }}", whole = "{{ every.body }}" }
keep_going = true
for_each = { item = ["{{ secret.LINE }}", "{{ secret.NUMBER }}"] }
expect.text = { contains = "{{ secret.LINE }}" }
[[steps]]
parallel = [{ request = "form" }, { request = "parts" }, { request = "graph" }]
keep_going = true
[[steps]]
request = "text"
keep_going = true
expect.headers.Location = { glob = "/{{ secret.PLAIN }}" }
expect.json = { a = "{{ secret.ODD }}" }
[[steps]]
request = "client"
keep_going = true
[[steps]]
request = "nobody"
keep_going = true
[[steps]]
request = "header"
keep_going = true
[[steps]]
id = "bad"
url = "{{ secret.PLAIN }}:{{ secret.ODD }}"
keep_going = true
[[steps]]
id = "number"
url = "{{ base_url }}/{{ secret.PLAIN | int }}"
keep_going = true
[[steps]]
id = "list"
url = "{{ base_url }}/a"
for_each = { item = "{{ secret.ODD }}" }
keep_going = true
[[steps]]
id = "late"
url = "{{ base_url }}/{{ secret.PLAIN }}"
timeout = "{{ secret.PLAIN }}"
keep_going = true
""",
    "projects/shop/flows/good.toml": """\
[[steps]]
id = "every"
request = "every"
capture.body = "$.body"
capture.found = { regex = '/echo/([^/]+)/' }
[[steps]]
id = "again"
method = "POST"
url = "{{ base_url }}/again/{{ found }}"
headers.Authorization = "Bearer {{ found }}"
json = { again = "{{ body }}", found = "{{ found }}" }
[[steps]]
request = "form"
[[steps]]
request = "client"
""",
    "projects/shop/mocks/echo.toml": """\
[request]
method = ["GET", "POST", "PUT"]
path = "/:kind/*rest?"
[response]
headers.X-Echo = "{{ request.headers.x_api | default('-') }}"
headers.Set-Cookie = "sid={{ request.cookies.c | default('x') }}"
json.body = "{{ request.body }}"
json.path = "{{ request.path }}"
json.query = "{{ request.query }}"
json.plain = "{{ request.params.rest | default('') }}"
[[webhooks]]
url = "http://127.0.0.1:9/hook/{{ request.params.kind }}?t={{ request.body | urlencode }}"
json = { t = "{{ request.body }}" }
""",
    "projects/shop/mocks/near.toml": """\
priority = 5
[request]
method = "DELETE"
path = "/near/:id"
headers.X-Api = "other"
query.k = "other"
body.json.password = "other"
body.text = { contains = "other" }
""",
    "projects/shop/mocks/token.toml": """\
priority = 9
[request]
method = "POST"
path = "/token"
[response]
json = { access_token = "tok-{{ request.body | b64encode }}" }
""",
    "projects/shop/requests/near.toml": """\
method = "DELETE"
url = "{{ base_url }}/near/{{ secret.PLAIN }}"
query.k = "{{ secret.LINE }}"
headers.X-Api = "{{ secret.LINE }}"
json = { password = "{{ secret.ODD }}", more = "{{ secret.PLAIN }}" }
""",
}


@pytest.fixture
def canary(shell: Shell) -> Iterator[tuple[Shell, RealApi]]:
    """A prompt in that shop, every secret in the environment, its real API running."""
    for name, text in FILES.items():
        shell.put(name, text)
    shell.environ |= SECRETS
    with real_api(says) as api:
        project = f'name = "Shop"\n[upstream]\nurls.local = "{api.url}"\n'
        shell.put("projects/shop/project.toml", project)
        yield shell, api
