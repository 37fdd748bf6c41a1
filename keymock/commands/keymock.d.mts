// Types of keymock.mjs; `keymock client js --types > keymock.d.mts` writes them beside it.

/** A matcher of the path or of a value of it: a text, or a table such as `{ contains: "a" }`. */
export type Matcher = string | number | boolean | { [key: string]: unknown } | unknown[];

/** A method and a path, as `["POST", "/orders"]` or with more keys of a mock's `[request]`. */
export type Pattern = [method: string, path: string] | Request;

/** The keys of a mock's `[request]`. */
export interface Request {
  method?: string;
  path?: string;
  query?: Record<string, Matcher>;
  headers?: Record<string, Matcher>;
  cookies?: Record<string, Matcher>;
  body?: Matcher;
  [key: string]: unknown;
}

/** An answer; every key of a mock's `[response]` may stand here. */
export interface Answer {
  status?: number;
  /** The body as JSON. */
  json?: unknown;
  /** The body as text. */
  body?: string;
  headers?: Record<string, string | string[]>;
  /** For so many requests; then the mock answers as before. */
  times?: number;
  /** More that the request must have. */
  request?: Request;
  /** The project whose mock it is. */
  project?: string;
  /** Seconds, or text such as `"200ms"`. */
  delay?: unknown;
  [key: string]: unknown;
}

/** How often: a number, or bounds. */
export type Times = number | { at_least?: number; at_most?: number };

/** What is asked for besides method and path. */
export interface Wanted {
  times?: Times;
  /** What the body has at least. */
  json?: unknown;
  query?: Record<string, Matcher>;
  headers?: Record<string, Matcher>;
  /** Answered by this mock. */
  mock?: string;
  /** Answered with this status. */
  status?: number;
  /** Seconds to wait until it holds. */
  timeout?: number;
  [key: string]: unknown;
}

/** One condition, and what came. */
export interface Condition {
  ok: boolean;
  where: string;
  expected: string;
  actual?: string;
  [key: string]: unknown;
}

/** One exchange, as the journal has it. */
export interface Entry {
  id: number;
  time: string;
  session: string;
  method: string;
  path: string;
  status: number;
  /** The mock that answered; null if none did. */
  mock: string | null;
  matched: boolean;
  duration_ms: number;
  request: { query?: string; [key: string]: unknown };
  response: { error?: string | null; [key: string]: unknown };
  near_misses?: { mock: string; conditions: Condition[]; [key: string]: unknown }[];
  [key: string]: unknown;
}

/** What the control plane says of a verdict. */
export interface Verdict {
  ok: boolean;
  said: string;
  count: number;
  entries: Entry[];
  near_misses: { entry: Entry; conditions: Condition[]; [key: string]: unknown }[];
  [key: string]: unknown;
}

/** What was asked during a session that has ended. */
export interface Ended {
  requests: number;
  unmatched: Entry[];
  [key: string]: unknown;
}

/** What to switch: a mock to one of its answers or off, or a preset on. */
export interface Switch {
  mock?: string;
  answer?: string;
  off?: boolean;
  preset?: string;
}

/** What holds for a session besides its mocks. */
export interface Settings {
  seed?: number;
  freeze_time?: string;
  faults?: string;
  preset?: string;
  [key: string]: unknown;
}

/** Where a keymock runs: what is left out, `keymock run -- COMMAND` has told this process. */
export interface Options {
  url?: string;
  control?: string;
  token?: string;
  session?: string;
}

/** Options of the fixtures. */
export interface FixtureOptions extends Options {
  /** Let requests pass that found no mock. */
  allowUnmatched?: boolean;
}

/** A verdict that does not hold; its message says what came near. */
export class VerificationError extends Error {
  constructor(found: Verdict);
  readonly found: Verdict;
}

/** The mocks as one session has them. */
export class Mocks {
  constructor(options: Options & { url: string; control: string; token: string });
  /** The session's name; empty for requests without one. */
  readonly name: string;
  /** An address whose every request belongs to the session. */
  get url(): string;
  /** The headers by which a request belongs to it. */
  get headers(): Record<string, string>;
  /** The address of one project, of `KEYMOCK_URL_<PROJECT>`, for this session. */
  urlOf(projectUrl: string): string;
  /** The mocks for another session. */
  session(name: string): Mocks;
  /** Another answer for this session alone; returns its id. */
  override(method: string, path: string, answer?: Answer): Promise<string>;
  /** Another answer in the place of a mock. */
  override(mock: string, answer?: Answer): Promise<string>;
  /** What this session asked, oldest first, without secrets. */
  journal(query?: Record<string, string>): Promise<Entry[]>;
  /** The requests that no mock answered. */
  unmatched(): Promise<Entry[]>;
  /** The exchanges that are meant; throws VerificationError if they are not so many. */
  verify(method: string, path: string, wanted?: Wanted): Promise<Entry[]>;
  /** Throws VerificationError unless these came in this order. */
  verifyOrder(...patterns: Pattern[]): Promise<void>;
  /** Throws VerificationError if anything but these was asked. */
  verifyNothingElse(...patterns: Pattern[]): Promise<void>;
  /** Throws, with what came near, if a request found no mock. */
  verifyAllMatched(): Promise<void>;
  use(wish: Switch): Promise<void>;
  settings(wish: Settings): Promise<unknown>;
  /** Forgets state, journal and overrides of this session. */
  reset(): Promise<void>;
  /** Returns when all that is on disk is served or refused. */
  sync(): Promise<unknown>;
  /** Ends the session; says what it asked. */
  end(): Promise<Ended>;
}

/** The keymock that runs: by default the one that `keymock run -- COMMAND` has started. */
export function connect(options?: Options): Mocks;

/** A name that can be a session's, made of any text. */
export function sessionName(text: string): string;

type Use<T> = (value: T) => Promise<void>;

/** Fixtures for Playwright: `const test = base.extend<{ keymock: Mocks }>(playwright())`. */
export function playwright(options?: FixtureOptions): {
  keymock: [(args: {}, use: Use<Mocks>, info: any) => Promise<void>, { auto: true }];
  extraHTTPHeaders: (args: any, use: Use<Record<string, string>>) => Promise<void>;
  context: (args: any, use: Use<any>) => Promise<void>;
};

/** Fixtures for Vitest: `const test = base.extend<{ keymock: Mocks }>(vitest())`. */
export function vitest(options?: FixtureOptions): {
  keymock: (args: any, use: Use<Mocks>) => Promise<void>;
};
