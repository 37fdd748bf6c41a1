// keymock for JavaScript tests: sessions, overrides and verdicts of a keymock that runs.
// One file without dependencies, for Node 18 and later. `keymock client js > keymock.mjs` writes it.
//
//   import { connect } from "./keymock.mjs";
//   const mocks = await connect().session("checkout");
//   await mocks.override("GET", "/users/:id", { status: 500, times: 1 });
//   await fetch(mocks.url + "/users/1");
//   await mocks.verify("GET", "/users/1", { times: 1 });
//   await mocks.end();

/** A verdict that does not hold; its message says what came near. */
export class VerificationError extends Error {
  constructor(found) {
    super(describe(found));
    this.name = "VerificationError";
    this.found = found;
  }
}

/** The mocks as one session has them. `url` is an address whose every request belongs to it; so do `headers`. */
export class Mocks {
  #options;

  constructor(options) {
    this.#options = options;
    this.name = options.session ?? "";
  }

  get url() {
    return this.#options.url + (this.name ? `/__session/${this.name}` : "");
  }

  /** The address of one project: its own base URL, as `keymock run` tells it, for this session. */
  urlOf(projectUrl) {
    const whole = new URL(projectUrl);
    const own = this.name ? `/__session/${this.name}` : "";
    return whole.origin + own + whole.pathname.replace(/\/$/, "");
  }

  get headers() {
    return this.name ? { "x-keymock-session": this.name } : {};
  }

  /** The mocks for another session. */
  session(name) {
    return new Mocks({ ...this.#options, session: sessionName(name) });
  }

  /** Another answer for this session alone: `override("GET", "/users/:id", { status: 500, times: 1 })`,
   *  or in the place of a mock: `override("users/get-user", { json: {} })`. Returns its id. */
  async override(method, path, answer) {
    if (typeof path !== "string") [path, answer] = [undefined, path];
    const { status = 200, json, body, headers, times, request, project, ...response } = answer ?? {};
    const given = { status, template: false, ...response };
    if (headers) given.headers = headers;
    if (json !== undefined) given.json_text = JSON.stringify(json);
    if (body !== undefined) given.body = body;
    const mock = times ? { responses: [{ ...given, times }] } : { response: given };
    if (path === undefined) mock.mock = method;
    else mock.request = { method, path, ...request };
    if (project) mock.project = project;
    const found = await this.#call("POST", `/sessions/${this.#own}/overrides`, { overrides: [mock] });
    return found.added[0];
  }

  /** What this session asked, oldest first, without secrets. */
  async journal(query = {}) {
    const chosen = new URLSearchParams({ session: this.#own, limit: "10000", ...query });
    return (await this.#call("GET", `/journal?${chosen}`)).entries;
  }

  /** The requests that no mock answered, each with `near_misses`. */
  unmatched() {
    return this.journal({ unmatched: "true", near_misses: "true", limit: "100" });
  }

  /** The exchanges that are meant; throws VerificationError if they are not so many. `times` is a number or
   *  `{ at_least, at_most }`; `json` is what the body has at least; with `timeout` (seconds), waits until it holds. */
  async verify(method, path, { json, ...more } = {}) {
    const wanted = { method, path, ...more };
    if (json !== undefined) wanted.body = { json };
    return (await this.#verdict(wanted)).entries;
  }

  /** Throws unless these came in this order: `verifyOrder(["POST", "/login"], ["POST", "/orders"])`. */
  async verifyOrder(...patterns) {
    await this.#verdict({ in_order: patterns.map(pattern) });
  }

  /** Throws if anything but these was asked. */
  async verifyNothingElse(...patterns) {
    await this.#verdict({ nothing_else: patterns.map(pattern) });
  }

  /** Throws, with what came near, if a request found no mock. */
  async verifyAllMatched() {
    const entries = await this.unmatched();
    if (entries.length) throw new Error(missed(entries));
  }

  /** `use({ mock: "cart/get", answer: "empty" })`, `use({ mock: "cart/get", off: true })`, `use({ preset: "down" })`. */
  async use({ mock, answer, off, preset }) {
    const now = await this.#call("GET", `/toggles?session=${this.#own}`);
    if (mock) now.mocks[mock] = off ? "off" : { answer };
    if (preset !== undefined) now.preset = preset;
    await this.#call("PUT", `/toggles?session=${this.#own}`, now);
  }

  /** A `seed`, `freeze_time`, `faults` or `preset` for this session. */
  settings(wish) {
    return this.#call("PUT", `/sessions/${this.#own}`, wish);
  }

  /** Forgets state, journal and overrides of this session. */
  async reset() {
    await this.#call("POST", `/reset?session=${this.#own}`);
  }

  /** Returns when all that is on disk is served or refused. */
  sync() {
    return this.#call("POST", "/sync");
  }

  /** Ends the session; says how many requests it had, and which of them no mock answered. */
  end() {
    return this.#call("DELETE", `/sessions/${this.#own}`);
  }

  get #own() {
    return this.name || "default";
  }

  async #verdict(wanted) {
    const found = await this.#call("POST", `/verify?session=${this.#own}`, wanted);
    if (!found.ok) throw new VerificationError(found);
    return found;
  }

  async #call(method, path, body) {
    const headers = { authorization: `Bearer ${this.#options.token}` };
    if (body !== undefined) headers["content-type"] = "application/json";
    const answer = await fetch(this.#options.control + path, { method, headers, body: JSON.stringify(body) });
    const found = await answer.json();
    if (!answer.ok) throw new Error(`keymock refuses ${method} ${path}: ${found.detail ?? found.title}`);
    return found;
  }
}

/** The keymock that runs: by default the one that `keymock run -- COMMAND` has started for this command. */
export function connect(options = {}) {
  const env = globalThis.process?.env ?? {};
  const { url = env.KEYMOCK_URL, control = env.KEYMOCK_CONTROL, token = env.KEYMOCK_TOKEN, session } = options;
  if (!url || !control || !token) {
    throw new Error("there is no keymock here: start the tests by `keymock run -- COMMAND`, or give url, control, token");
  }
  return new Mocks({ url, control, token, session });
}

/** A name that can be a session's: readable, 64 characters at most, another one for another text. */
export function sessionName(text) {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(text)) return text;
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  const readable = text.replace(/[^A-Za-z0-9_]+/g, "-").replace(/^-|-$/g, "").slice(-40);
  return `${readable}-${hash.toString(16).padStart(16, "0")}`;
}

// What a browser asks for by itself, and no page has asked for.
const BROWSERS_OWN = ["/favicon.ico", "/apple-touch-icon.png", "/.well-known/appspecific/com.chrome.devtools.json"];

/** Fixtures for Playwright: `const test = base.extend(playwright())`. Every test has a session, to which its pages and its
 *  `request` belong; a request that finds no mock fails it, but for what the browser asks for by itself. */
export function playwright(options = {}) {
  return {
    keymock: [
      async ({}, use, info) => {
        const mocks = connect(options).session([...info.titlePath, info.project?.name, info.repeatEachIndex].join(" "));
        await use(mocks);
        await ended(mocks, options, BROWSERS_OWN);
      },
      { auto: true },
    ],
    extraHTTPHeaders: async ({ extraHTTPHeaders, keymock }, use) => {
      await use({ ...extraHTTPHeaders, ...keymock.headers });
    },
    // Once more: `test.use({ extraHTTPHeaders })` in a file goes before the fixture above.
    context: async ({ context, extraHTTPHeaders, keymock }, use) => {
      await context.setExtraHTTPHeaders({ ...extraHTTPHeaders, ...keymock.headers });
      await use(context);
    },
  };
}

/** Fixtures for Vitest: `const test = base.extend(vitest())`. A test that takes `keymock` has a session, and a request of
 *  it that finds no mock fails the test. */
export function vitest(options = {}) {
  return {
    keymock: async ({ task }, use) => {
      const mocks = connect(options).session(titles(task).join(" "));
      await use(mocks);
      await ended(mocks, options);
    },
  };
}

/** Project, file, every suite around it, test: no other test has all of them. */
function titles(task) {
  const found = [];
  for (let at = task; at && at !== task.file; at = at.suite) found.unshift(at.name);
  return [task.file?.projectName, task.file?.name, ...found].filter(Boolean);
}

async function ended(mocks, { allowUnmatched = false }, left = []) {
  const unmatched = (await mocks.end()).unmatched.filter((entry) => !left.includes(entry.path));
  if (unmatched.length && !allowUnmatched) throw new Error(missed(unmatched));
}

function pattern(given) {
  return Array.isArray(given) ? { method: given[0], path: given[1] } : given;
}

function line(entry) {
  const query = entry.request.query ? `?${entry.request.query}` : "";
  return `${entry.method} ${entry.path}${query}  ${entry.status}  ${entry.mock ?? entry.response.error ?? "keymock"}`;
}

function ticks(conditions) {
  return conditions.map((seen) =>
    seen.ok ? `    ✓ ${seen.where}  ${seen.expected}` : `    ✗ ${seen.where}  ${seen.expected}  came: ${seen.actual || "nothing"}`,
  );
}

function describe(found) {
  const near = found.near_misses.flatMap((miss) => ["", `  ${line(miss.entry)}`, ...ticks(miss.conditions)]);
  return [found.said, ...(near.length ? ["nearest:", ...near] : [])].join("\n");
}

function missed(entries) {
  const told = entries.slice(0, 5).flatMap((entry) => {
    const near = entry.near_misses?.[0];
    return ["", `  ${line(entry)}`, ...(near ? [`  ${near.mock}`, ...ticks(near.conditions)] : [])];
  });
  return [`${entries.length} request(s) found no mock:`, ...told].join("\n");
}
