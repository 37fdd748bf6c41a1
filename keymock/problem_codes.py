"""What each problem code means: one sentence, and an example of what brings it up. `keymock help CODE` prints these."""

from __future__ import annotations

EXPLAINED: dict[str, tuple[str, str]] = {
    # ---- files that cannot be read -------------------------------------------------------------------------------
    "bad-name": ("A file's name is not UTF-8, so nothing can refer to it; it is left out.", "a name in Latin-1"),
    "conflict-markers": ("A merge left its markers in the file; keep what is right and delete them.", "<<<<<<< HEAD"),
    "not-a-file": ("What should be a file is a folder, a pipe or a device.", "mkfifo get.body.json"),
    "not-utf8": ("The file is not UTF-8; save it again as that.", "caf\\xe9 in Latin-1"),
    "symlink": (
        "Symbolic links are never followed: they can lead out of the workspace.",
        "get.body.json -> /etc/passwd",
    ),
    "too-deep": (
        "Tables or lists are nested deeper than anybody can read; keep such a value in a body file.",
        "[[[[…]]]]",
    ),
    "too-large": (
        "The file is larger than keymock reads: 256 KiB of TOML, 50 MiB of body.",
        "a TOML file with a whole image in it",
    ),
    "too-many-files": (
        "There are more than 100 000 files; those after them are left out.",
        "node_modules inside of mocks/",
    ),
    "too-many-problems": (
        "The file has so many problems that the rest is not shown; another kind of file was meant.",
        "a package.json named a.toml",
    ),
    "toml-syntax": ("This is not TOML; the caret shows where it stops being it.", "status 200      (the = is missing)"),
    "unreadable": ("The system does not let keymock read the file or the folder.", "chmod 000 mocks/"),
    # ---- contracts -----------------------------------------------------------------------------------------------
    "contract-example": ("An example of an OpenAPI document has no value.", "examples: {one: {summary: One}}"),
    "contract-format": ("The file is no OpenAPI document of 2.0, 3.0, 3.1 or 3.2.", "an AsyncAPI document"),
    "contract-missing": ("The document that a project names is not there.", 'contract = "opnapi.yaml"'),
    "contract-path": ("A path of an OpenAPI document does not start with a slash.", "paths: {users: …}"),
    "contract-ref": ("A reference of an OpenAPI document leads to nothing.", "$ref: '#/components/schemas/Usr'"),
    "contract-ref-outside": ("A reference leads out of the workspace.", "$ref: ../../../secrets.yaml"),
    "contract-remote-ref": (
        "A reference leads to the network, and no document is ever fetched from there.",
        "$ref: https://example.com/user.yaml",
    ),
    "contract-shape": (
        "A part of an OpenAPI document is not what the standard says it is; the rest is served.",
        "an operation without responses",
    ),
    "contract-syntax": ("The document is neither JSON nor YAML; the caret shows where.", "paths: [/users"),
    "contract-two-ids": (
        "Two operations have the same operationId; the second is called by method and path.",
        "operationId: getUser, twice",
    ),
    # ---- keys and values -----------------------------------------------------------------------------------------
    "bad-value": ("The value cannot be used here; the message says what can.", "status = 99"),
    "duplicate-key": ("A key or table stands in the file twice.", "status = 200 and again status = 404"),
    "missing-key": ("A key that the table needs is not there.", 'auth.basic = { user = "ada" } without password'),
    "not-yet": ("The format or the program has this, but this version does not do it yet.", "[scenario] in a mock"),
    "unknown-key": (
        "No such key exists here; a slip of the pen, or it belongs into another table.",
        "[response] staus = 200",
    ),
    "wrong-type": ("The value is of another kind than the key takes.", 'status = "200"'),
    "bad-mock-name": (
        "A file in a mocks folder is named nearly as a mock without TOML is, PATH.METHOD.STATUS.EXTENSION.",
        "users.GET.99.json",
    ),
    "bad-toggles": (
        "What `keymock use` had set cannot be read from .keymock/toggles.json, so nothing is switched.",
        "a file cut short",
    ),
    "no-such-answer": (
        "A preset or `keymock use` pins a mock to an answer that it does not have.",
        '[use] "cart/get" = "emtpy"',
    ),
    "no-such-preset": ("There is no preset of this name.", "keymock use preset nothing"),
    "preset-cycle": ("Presets extend each other in a circle.", 'extends = "a" in presets/a.toml'),
    # ---- variables -----------------------------------------------------------------------------------------------
    "reserved-name": (
        "A variable is called what means something else in templates, or what no template can name.",
        'secret = "x" in an environment',
    ),
    "unresolved-variable": (
        "A template names a variable, a secret or a process variable that has no value here; see `keymock vars --why`.",
        'url = "{{ base_ulr }}/login"',
    ),
    "no-such-environment": ("There is no environment of this name.", "keymock request send login --env stagign"),
    "no-such-request": ("No saved request has this name, or you may not see it.", "keymock request send logn"),
    "secrets-open": (
        "The file of secrets could be read by others, or committed, so nothing is read from it.",
        "chmod 644 ~/.config/keymock/secrets.toml",
    ),
    "no-access-token": (
        "A token was asked for ([auth.oauth2]) and not given; the message has what was said.",
        "a client_secret of yesterday",
    ),
    "no-param": ("A parameter in a request's path has no value.", 'url = "{{ base_url }}/users/:id" without params.id'),
    "no-url": ("A saved request needs an address.", "requests/login.toml with a method alone"),
    "variable-cycle": ("Variables lead back to themselves.", 'a = "{{ b }}" and b = "{{ a }}"'),
    # ---- requests ------------------------------------------------------------------------------------------------
    "bad-method": ("No mock can take this method.", 'method = "TRACE"'),
    "bad-path": ("The path cannot be read; the caret shows where.", 'path = "users/:id"      (it starts with /)'),
    "no-path": ("A mock needs a path.", "[request] with a method alone"),
    "duplicate-header": (
        "Two conditions are on one header; header names have no case.",
        "headers.Accept and headers.accept",
    ),
    "invalid-header": ("This cannot be the name of a header.", 'headers."a b" = "1"'),
    "invalid-date": ("A date of a matcher cannot be read; write it as RFC 3339.", 'before = "soon"'),
    "invalid-glob": ("The glob cannot be read.", 'glob = "[a"'),
    "invalid-graphql": ("The GraphQL query cannot be read.", 'query = "{ user("'),
    "invalid-json": ("The JSON text of a matcher is not JSON.", "json_text = '{ a: 1 }'"),
    "invalid-jsonpath": ("The JSONPath cannot be read (RFC 9535).", 'jsonpath."$.items[" = 1'),
    "invalid-matcher": ("The matcher does not hold together; the message says why.", "one_of = []"),
    "invalid-pointer": ("A JSON pointer is empty or starts with / (RFC 6901).", 'pointer."a/b" = 1'),
    "invalid-regex": (
        "The regular expression is none of re2, which has no look-around and no back-references.",
        'regex = "(?=a)"',
    ),
    "invalid-schema": ("The JSON Schema of a matcher cannot be used.", 'schema = { type = "strnig" }'),
    "invalid-xml": ("The XML of a matcher cannot be read.", 'xml = "<a>"'),
    "invalid-xpath": ("The XPath cannot be read.", 'xpath."//[" = 1'),
    "missing-extra": ("A matcher needs a library that is not installed.", "xpath without: pip install 'keymock[xml]'"),
    "missing-file": ("A file that a matcher names is not there.", 'schema = "order.schema.json"'),
    "mixed-matcher": (
        "A table mixes matcher keys and plain ones; inside JSON, a matcher's keys carry $.",
        '{ "$gt" = 0, name = "a" }',
    ),
    # ---- answers -------------------------------------------------------------------------------------------------
    "bad-events": (
        "Server-sent events that cannot be sent: a file with a line that is none, a stream without end and pause.",
        "dta: hello",
    ),
    "bad-header": ("A header's name or value cannot be sent.", 'headers.X = "a\\nb"'),
    "bad-json": ("json_text is not JSON.", "json_text = '{ \"a\": }'"),
    "body-missing": ("body_file names a file that is not there.", 'body_file = "user.json"'),
    "body-outside": ("A body file must lie beneath its own space.", 'body_file = "../../../secret.json"'),
    "framing-header": (
        "The header says how the message is framed, which is the server's business.",
        'headers.Content-Length = "5"',
    ),
    "header-twice": ("One header is given in two spellings.", "headers.ETag and headers.etag"),
    "invalid-template": ("A template cannot be read; the caret shows where.", '"{{ request.path "'),
    "own-header": ("Headers that begin with x-keymock- are keymock's own.", 'headers.X-Keymock-Mock = "a"'),
    "template-failed": ("A template broke off while the answer was made.", '"{{ request.query.n | int }}" without n'),
    "unknown-name": ("A template speaks of something that does not exist there.", '"{{ request.parms.id }}"'),
    "bad-message": ("A WebSocket cannot say this; the message says why.", "close = 1006"),
    "bad-time": ("A point in time cannot be read; write it as RFC 3339.", 'until = "soon"'),
    "no-scenario": ("A response moves a scenario that its mock does not have.", 'sets = "paid" without [scenario]'),
    "invalid-seed": ("The file of records behind a resource cannot be used.", "a seed that is no list of objects"),
    "two-bodies": ("Two things say what the body is; keep one.", "json = … and body = …, or two sibling body files"),
    "two-variants": ("Two responses of a mock have one name.", '[[responses]] name = "ok", twice'),
    "unsendable": (
        "An answer has a field that HTTP cannot carry; it was refused at the last step.",
        "a status of 99 from a template",
    ),
    # ---- between mocks -------------------------------------------------------------------------------------------
    "address-twice": ("Two projects want one host or one port.", "port = 8791 in two project.toml"),
    "ambiguous": (
        "Two mocks answer one request, and nothing says which goes first.",
        "GET /users/:id and GET /users/:name",
    ),
    "bad-mount": ("A mount is a path.", 'mount = "shop"'),
    "duplicate-route": (
        "A mock repeats another one, and can never answer.",
        "the same method, path and conditions twice",
    ),
    "maybe-ambiguous": (
        "Two mocks may answer one request; it could not be proven either way.",
        "two regular expressions on one path",
    ),
    "never-matches": ("No request can fulfil these conditions.", "query.n = { gt = 5, lt = 3 }"),
    "path-never-matches": (
        "No request has such a path.",
        'path = { regex = "^users" }      (every path begins with /)',
    ),
    "two-projects": (
        "Two folders are the same project; give one a name of its own.",
        'projects = ["a/mock", "b/a/mock"]',
    ),
    "unknown-param": (
        "A condition is on a parameter that the path does not have.",
        'path = "/users/:id", params.user = "1"',
    ),
    "unreachable": ("Another mock takes every request before this one.", "a higher priority on the same path"),
    "unreachable-response": ("An earlier response takes every request before this one.", "the same when twice"),
    # ---- overlays ------------------------------------------------------------------------------------------------
    "overlay-not-allowed": (
        "Your overlay lies over a mock that you may not use, so it does nothing.",
        "private/ada/projects/secret/…",
    ),
    "overlay-without-base": (
        "Your overlay lies over a mock that is not there, so it does nothing.",
        "private/ada/workspace/mocks/gone.toml",
    ),
    # ---- ROLES ---------------------------------------------------------------------------------------------------
    "group-cycle": ("A group holds itself.", "@a: @b  and  @b: @a"),
    "group-empty": ("A group has no members.", "@shop:"),
    "group-invalid": ("The word cannot name a group.", "@sh/op: ada@example.com"),
    "group-twice": ("A group is defined twice; put all members into one line.", "@shop: a  and later  @shop: b"),
    "group-unknown": ("The word looks like a group that exists under another spelling.", "editor:@shpo"),
    "key-invalid": ("A key line needs a person, a kind of key, and the key.", "key ada@example.com AAAA"),
    "key-unusable": (
        "The signing key is cut short; nothing signed with it is taken.",
        "key ada@example.com ssh-ed25519 AA",
    ),
    "name-twice": ("One name is joined to two people.", "ada = ada@x  and  bob = ada@x"),
    "pattern-invalid": ("The pattern cannot be read.", "/projects/***/"),
    "pattern-unusual": ("The pattern can be read, and probably means something else.", "/project/shop/"),
    "person-invalid": ("The word cannot name a person.", "editor:.ada"),
    "role-empty": ("A name is missing; names stand with commas and no spaces.", "editor:ada, bob"),
    "role-missing": ("Names stand after a role.", "/projects/shop/ ada@example.com"),
    "role-narrowed": (
        "A later line takes from people what an earlier one gave: the last line that matches decides alone.",
        "*  editor:*  then  /projects/  viewer:*",
    ),
    "role-unknown": ("There is no such role: viewer, user, member, editor, admin.", "writer:ada@example.com"),
    "role-unreachable": (
        "A later line matches all that this one matches, so it never decides.",
        "/projects/shop/ …  then  /projects/ …",
    ),
    "role-unusable": ("The role means less there than it says.", "/workspace/ admin:ada@example.com"),
    "roles-character": (
        "The line has an invisible character, and could be read as something else.",
        "a no-break space, U+00A0",
    ),
    "roles-conflict": (
        "A merge left its markers in ROLES; until it is mended nobody may change anything.",
        "<<<<<<< HEAD",
    ),
    "roles-many": (
        "There are so many rules that not all of their effects were looked at.",
        "hundreds of lines; groups make fewer",
    ),
    "roles-not-utf8": ("ROLES is not UTF-8; until it is mended nobody may change anything.", "a name in Latin-1"),
    "roles-too-large": ("ROLES is larger than 1 MiB.", "a list of every customer"),
    "roles-too-many": ("ROLES has more than 2 000 rules; use groups and wider patterns.", "a line for each mock"),
    # ---- commands ------------------------------------------------------------------------------------------------
    "ambiguous-name": ("The end of the name fits several mocks; write more of it, from the left.", "keymock show get"),
    "bad-identity": (
        "The word cannot name a person: letters, digits and . _ % + @ - only.",
        "keymock ls --as 'ada lovelace'",
    ),
    "changed-meanwhile": (
        "The file changed on disk since it was read, so nothing was written.",
        "an editor saved it just now",
    ),
    "exists": ("The file is there already, and nothing is overwritten.", "keymock new GET /users --name users, twice"),
    "foreign-origin": (
        "A page of another origin asked for a WebSocket; `cors` says which pages may.",
        "a page at https://example.com, and cors left at loopback",
    ),
    "forbidden": ("ROLES does not allow it; the message names the line and what it takes.", "keymock new as a viewer"),
    "inside-workspace": (
        "A workspace inside another would hide what the outer one serves.",
        "keymock init in projects/shop/",
    ),
    "no-folder": ("A folder is needed, and a file is there.", "keymock init README.md"),
    "no-identity": ("It needs to know who you are.", "keymock new --scope private without git user.email"),
    "no-such-mock": ("No mock has this name, or you may not see it.", "keymock show users/gte"),
    "no-workspace": ("There is no workspace here, above, or a level below.", "keymock ls in an empty folder"),
    "not-writable": ("The system does not let keymock write the file.", "a read-only disk"),
    "unknown-command": ("There is no such command; keymock --help lists them.", "keymock lst"),
    "usage": ("The command line cannot be understood; --help of the command shows examples.", "keymock new GET"),
    "workspace-below": ("There is a workspace a level below already.", "keymock init beside api-mocks/keymock.toml"),
    "no-such-token": ("No token has this id, and nobody of this name has one.", "keymock token revoke 00000000"),
    # ---- serving -------------------------------------------------------------------------------------------------
    "already-up": ("Another keymock serves this working tree.", "keymock up, twice"),
    "bad-server": ("This is no address of a control plane.", "--server localhost"),
    "no-answer": ("The server took the call and did not answer it.", "it was stopped in between"),
    "no-keymock": ("Something else answers at this address.", "--server with the port of the mocks"),
    "no-route": ("The control plane has no such path.", "GET /statsu"),
    "no-runtime-folder": (
        "Neither .keymock/ nor a temporary folder can be written.",
        "a read-only container without /tmp",
    ),
    "bad-webhook": ("A webhook that could never go out.", "[[webhooks]] beside [websocket]"),
    "fault-elsewhere": (
        "This system does not let a program find its connections, so the fault is a cut body here.",
        'fault = "reset" on Windows',
    ),
    "bad-folder": ("A folder cannot be served like this.", 'folder = "public" beside template = true'),
    "folder-missing": ("The folder that a mock serves is not there, or has no files.", 'folder = "pubilc"'),
    "left-out": ("A file of a folder is not served: a link, or too large.", "public/video.mp4 of 100 MiB"),
    "bad-host": ("This is no host: HOST or HOST:PORT, without scheme and path.", "keymock allow http://example.com"),
    "not-allowed": ("The host is not among those that were allowed.", "keymock allow --remove typo.example.com"),
    "host-not-named": (
        "A host is reached only if keymock.toml names it under `outbound`, or a project as its `upstream`.",
        "a webhook to https://elsewhere.example.com/",
    ),
    "host-not-allowed": (
        "You have not allowed this host; a repository cannot do that for you: keymock allow HOST:PORT.",
        "a webhook to http://127.0.0.1:9000/",
    ),
    "secrets-not-allowed": (
        "Secrets go only to hosts that were allowed with --secrets.",
        "a request with a secret to a host allowed without",
    ),
    "own-port": (
        "No call goes to a port of keymock itself: a webhook to its own port would go in circles.",
        "url of the server",
    ),
    "bad-upstream": (
        "The real API's address cannot be used, or the environment that is chosen has none.",
        'default = "stagging" under [upstream] with urls.staging',
    ),
    "no-upstream": (
        "There is no real API to answer: the project has no `upstream` in its project.toml.",
        "keymock use real --project shop",
    ),
    "which-upstream": (
        "Several projects share the address and have a real API; ask one by its own host.",
        "GET /unknown at the bare host",
    ),
    "upstream-down": ("Nobody answers where the real API should be.", "the local server is not started"),
    "upstream-tls": ("The real API's certificate is none that this machine trusts.", "a self-signed certificate"),
    "upstream-timeout": ("The real API was silent for longer than `timeout` of `[upstream]`.", "a request that hangs"),
    "upstream-broken": ("What came back from the real API is no HTTP answer.", "the port of a database"),
    "no-websocket": ("WebSockets are answered by mocks, and not passed on to the real API.", "use real, then ws://"),
    "no-such-flow": ("There is no flow of this name.", "keymock use real --flow chekout"),
    "no-such-project": ("There is no project of this name.", "keymock use real --project shpo"),
    "offline": ("With --offline nobody is reached.", "keymock up --offline"),
    "bad-url": ("What is to be reached has no address that can be called.", 'url = "example.com/hook"'),
    "bad-request": ("The request cannot be sent: a method, header or address that would break it.", "a header `a b`"),
    "unresolved": ("No name server knows this host.", "http://exmaple.invalid/"),
    "tls-failed": ("The other side's certificate is none that this machine trusts.", "a self-signed certificate"),
    "broken-answer": ("The connection broke before the answer was whole.", "a server that crashed"),
    "no-server": ("No server runs for this workspace, or none listens there.", "keymock sync before keymock up"),
    "no-such-host": ("The address to listen on is not this machine's.", "keymock up --host 10.9.9.9"),
    "no-token": ("The control plane needs the token of its run.", "--server URL without KEYMOCK_TOKEN"),
    "port-in-use": ("Another program listens on this port.", "keymock up --port 3000 beside a dev server"),
    "port-refused": ("The system does not let keymock listen there.", "keymock up --port 80"),
    "ready-file": ("The ready file cannot be written.", "--ready-file /nowhere/ready.json"),
    "refused": ("The control plane refused the call.", "a question it cannot read"),
    "several-servers": (
        "More than one server runs for this workspace; choose with --server.",
        "keymock up beside keymock up --at main",
    ),
    "strict": (
        "With --strict nothing is served until every error is mended.",
        "keymock up --strict with a broken file",
    ),
    "timeout": ("It took too long.", "a client that stops in the middle of its body"),
    "watch-limit": (
        "The system's watches are used up; changes are found by looking now and then.",
        "fs.inotify.max_user_watches",
    ),
    "withheld": (
        "ROLES keeps mocks from the one who is served, and --strict does not take less than all.",
        "CI without KEYMOCK_USER",
    ),
    "worker-died": ("The serving process ended and was started again; its state is lost.", "out of memory"),
    "worker-keeps-dying": (
        "The serving process ends again and again, so keymock gave up.",
        "a bug: please open an issue",
    ),
    "wrong-token": ("The token belongs to another run.", "KEYMOCK_TOKEN of yesterday"),
    # ---- git -----------------------------------------------------------------------------------------------------
    "ambiguous-revision": (
        "A branch and a tag have this name; a tag must not pass for a branch, so write the full name.",
        "git tag main",
    ),
    "foreign-owner": (
        "The repository belongs to another user of this machine, and git opens none of those unasked.",
        "a clone made by root",
    ),
    "git-failed": ("What git was asked it could not answer; its own words stand there.", "a damaged object"),
    "no-commits": ("The repository has no commit yet, so there is no revision to look at.", "right after git init"),
    "no-git": ("There is no git on the PATH.", "a container without git"),
    "bad-range": ("What is to be compared is not written as BASE..HEAD.", "keymock review main"),
    "no-merge-base": ("Two revisions have no commit in common.", "git checkout --orphan"),
    "no-such-revision": ("No branch, tag or commit has this name.", "keymock ls --at mian"),
    "not-a-repository": ("The folder lies in no git repository with a work tree.", "a folder before git init"),
    "shallow": (
        "The clone was cut off before what is asked for; fetch the rest.",
        "actions/checkout without fetch-depth: 0",
    ),
    # ---- answers of keymock itself, in x-keymock-error -----------------------------------------------------------
    "bad-session": (
        "The name of a session has letters, digits, `_` and `-`, 64 at most (400).",
        "x-keymock-session: a b",
    ),
    "bad-token": (
        "The caller's token is none, has expired or was revoked (401), or it has characters that no token has.",
        "x-keymock-token: kmt_…",
    ),
    "fault": ("A fault profile put this answer in the place of the mock's.", "keymock up --faults flaky"),
    "not-acceptable": (
        "The caller accepts none of the types that the mock's answers have (406).",
        "Accept: image/png, where there are JSON and XML",
    ),
    "no-such-profile": ("No fault profile in keymock.toml has this name (400).", "x-keymock-faults: flakey"),
    "too-many-sessions": (
        "So many sessions are open that no new one begins (503).",
        "a test run that never ends its own",
    ),
    "headers-too-large": ("The request's headers are more than keymock takes (431).", "a cookie of 70 KiB"),
    "invalid-request": ("The request cannot be read (400).", "GET /%zz"),
    "method-not-allowed": (
        "There are mocks on this path, for other methods (405).",
        "DELETE where only GET has a mock",
    ),
    "no-mock": ("No mock answers this request (404); keymock explain says why.", "GET /userss"),
    "rate-limited": ("A mock's rate_limit is used up (429).", 'rate_limit = { requests = 10, per = "1s" }'),
    "unknown-host": (
        "The Host header is none that keymock serves (421); allow_hosts adds names.",
        "Host: evil.example",
    ),
    "url-too-long": ("The address has more than 8 KiB (414).", "a query with a document in it"),
    "no-entry": ("The journal holds no exchange of this id, or no longer (404).", "keymock journal 7"),
    "no-file": ("What comes over the wire has no files beside it; send the content itself.", 'body_file = "a.json"'),
    "no-such-scenario": ("No mock names this scenario (404).", "keymock state set shop/ordr paid"),
    "no-such-session": ("No session of this name has begun, or it has ended (404).", "keymock session show checkout"),
    "too-many-overrides": ("A session has 1 000 overrides at most.", "a fixture that adds and never ends its session"),
}
