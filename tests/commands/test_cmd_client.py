"""`keymock client js`, and what it prints at work in node."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from prompt import Shell

TESTS = """
import test from "node:test";
import assert from "node:assert/strict";
import { connect, sessionName, playwright, vitest, VerificationError } from "./keymock.mjs";

const ask = async (url, options) => {
  const answer = await fetch(url, options);
  return [answer.status, await answer.text()];
};

test("sessions do not see each other", async () => {
  const one = connect().session("one"), two = connect().session("two");
  await one.override("GET", "/health", { status: 503, json: { mine: "{{ x }}" } });
  assert.deepEqual(await ask(one.url + "/health"), [503, '{"mine":"{{ x }}"}']);
  assert.deepEqual(await ask(two.url + "/health"), [200, "fine"]);
  assert.equal((await ask(connect().url + "/health", { headers: one.headers }))[0], 503);
  await one.verify("GET", "/health", { times: 2 });
  await one.verifyNothingElse(["GET", "/health"]);
  assert.equal((await one.journal()).length, 2);
  await one.reset();
  assert.equal((await ask(one.url + "/health"))[0], 200);
  assert.equal((await one.end()).requests, 1);
  assert.equal(one.urlOf(process.env.KEYMOCK_URL_SHOP), connect().url + "/__session/one/shop");
});

test("what does not hold says what came near", async () => {
  const mocks = connect().session("near");
  await ask(mocks.url + "/health");
  await assert.rejects(mocks.verify("GET", "/health", { times: 2 }), VerificationError);
  await assert.rejects(mocks.verify("POST", "/health"), /✗ method  POST  came: GET/);
  await assert.rejects(mocks.verifyOrder(["GET", "/health"], ["GET", "/health"]), /not after/);
  await mocks.verifyAllMatched();
  await ask(mocks.url + "/helth");
  await assert.rejects(mocks.verifyAllMatched(), /found no mock:[^]*✗ path  \\/health  came: \\/helth/);
  await assert.rejects(mocks.use({ mock: "nope", off: true }), /there is no mock `nope`/);
  await mocks.use({ mock: "mocks/health", off: true });
  assert.equal((await ask(mocks.url + "/health"))[0], 404);
  await mocks.settings({ seed: 7 });
});

test("fixtures give each test a session, and fail one whose request found no mock", async () => {
  const info = { titlePath: ["a.spec.ts", "pays"], project: { name: "chromium" }, repeatEachIndex: 0 };
  const test = (options, body) => playwright(options).keymock[0]({}, body, info);
  assert.deepEqual(playwright().keymock[1], { auto: true });
  await test({}, (mocks) => ask(mocks.url + "/health"));
  await assert.rejects(test({}, (mocks) => ask(mocks.url + "/nope")), /1 request/);
  await test({}, (mocks) => ask(mocks.url + "/favicon.ico"));
  await test({ allowUnmatched: true }, (mocks) => ask(mocks.url + "/nope"));
  const task = { name: "pays", suite: { name: "cart" }, file: { name: "a.test.ts" } };
  await vitest().keymock({ task }, (mocks) => ask(mocks.url + "/health"));
  await assert.rejects(vitest().keymock({ task }, (mocks) => ask(mocks.url + "/nope")), /GET \\/nope/);
});

test("pages and requests of a Playwright test belong to its session, and keep headers of their own", async () => {
  const { extraHTTPHeaders, context } = playwright(), keymock = connect().session("pages"), seen = [];
  const page = { setExtraHTTPHeaders: async (headers) => seen.push(headers) }, own = { "x-own": "1" };
  await extraHTTPHeaders({ extraHTTPHeaders: own, keymock }, async (headers) => seen.push(headers));
  await context({ context: page, extraHTTPHeaders: own, keymock }, async (same) => assert.equal(same, page));
  await extraHTTPHeaders({ keymock }, async (headers) => seen.push(headers));
  assert.deepEqual(seen, [{ ...own, ...keymock.headers }, { ...own, ...keymock.headers }, keymock.headers]);
});

test("tests of one name in other suites have other sessions", async () => {
  const file = { name: "a.test.ts", projectName: "unit" };
  const named = async (...suites) => {
    const suite = suites.reduce((above, name) => ({ name, suite: above }), undefined);
    let found;
    await vitest().keymock({ task: { name: "pays", suite, file } }, (mocks) => { found = mocks.name; });
    return found;
  };
  assert.match(await named("card", "cart"), /^unit-a-test-ts-card-cart-pays-/);
  assert.notEqual(await named("card", "cart"), await named("cash", "cart"));
  assert.match(await named(), /^unit-a-test-ts-pays-/);
});

test("names of sessions", () => {
  assert.equal(sessionName("plain_name-1"), "plain_name-1");
  assert.match(sessionName("a b/c " + "x".repeat(100)), /^[A-Za-z0-9_-]{1,64}$/);
  assert.notEqual(sessionName("a b"), sessionName("a/b"));
});

test("without a keymock it says how to start one", () => {
  assert.throws(() => connect({ url: "", control: "", token: "" }), /keymock run -- COMMAND/);
});
"""


def test_it_prints_one_file_without_dependencies(shell: Shell) -> None:
    text = shell("client", "js").out
    assert text.startswith("// keymock for JavaScript tests")
    assert 'from "' not in text.split("\n\n", 1)[1]
    assert "require(" not in text
    assert shell("client", "js", "--json").json == {"file": "keymock.mjs", "text": text}
    assert shell("client", "jss").code == 2


def test_everything_that_is_exported_has_its_types(shell: Shell) -> None:
    code, types = shell("client", "js").out, shell("client", "js", "--types").out
    exported = r"^export (?:async )?(class|function|const) (\w+)"
    assert set(re.findall(exported, code, re.MULTILINE)) == set(re.findall(exported, types, re.MULTILINE))
    assert shell("client", "js", "--types", "--json").json == {"file": "keymock.d.mts", "text": types}
    for name in ("Mocks", "VerificationError"):
        assert _members(types, name) >= _members(code, name) > set()
    assert _members(types, "Mocks") == _members(code, "Mocks") | {"name"}


def _members(text: str, name: str) -> set[str]:
    """What a class has for others, by name."""
    body = text[text.index(f"export class {name} ") :].partition("\n}\n")[0]
    return set(re.findall(r"^  (?:async |get |readonly )*(\w+)[(:]", body, re.MULTILINE))


USING_TYPES = """
import { connect, playwright, vitest, type Mocks } from "./keymock.mjs";
const mocks: Mocks = connect({ session: "a" }).session("b");
const id: string = await mocks.override("GET", "/users/:id", { status: 500, times: 1 });
await mocks.override("users/get", { json: { a: [1] } });
const status: number = (await mocks.verify("POST", "/x", { times: { at_least: 1 }, json: {} }))[0].status;
await mocks.verifyOrder(["POST", "/login"], { method: "POST", path: "/orders", query: { a: { contains: "b" } } });
const missed: string[] = (await mocks.end()).unmatched.map((entry) => entry.path);
vitest({ allowUnmatched: true }).keymock; playwright().context;
// @ts-expect-error
mocks.verfy("GET", "/x");
// @ts-expect-error
await mocks.override("GET", "/x", { status: "500" });
"""


@pytest.mark.skipif(shutil.which("tsc") is None, reason="the TypeScript compiler is not there")
def test_its_types_are_those_that_are_used(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "keymock.d.mts").write_text(shell("client", "js", "--types").out, encoding="utf-8")
    (tmp_path / "it.mts").write_text(USING_TYPES, encoding="utf-8")
    words = ["tsc", "--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "it.mts"]
    checked = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.live
@pytest.mark.skipif(shutil.which("node") is None, reason="node is not there")
def test_it_works_in_node(shop: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.lstrip("v").partition(".")[0]) < 18:
        pytest.skip("node is older than 18")
    shop.put("ROLES", "")
    (tmp_path / "keymock.mjs").write_text(shop("client", "js").out, encoding="utf-8")
    (tmp_path / "it.test.mjs").write_text(TESTS, encoding="utf-8")
    log = tmp_path / "node.log"
    node = ["sh", "-c", f'node --test "{tmp_path}/it.test.mjs" > "{log}" 2>&1']
    assert shop("run", "--", *node).code == 0, log.read_text()
