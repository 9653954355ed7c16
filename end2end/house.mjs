// A house to test: the real binary on a free port, on SQLite as the demo or on a PostgreSQL of its own, and ways to send it mail.
// Everything started here is stopped by its process id, also when a test fails or this process ends early.
import assert from "node:assert/strict";
import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { startSink } from "./smtp-sink.mjs";

const HERE = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
export const BINARY = process.env.RECOURSE_BIN || path.join(HERE, "../target/debug/recourse");
export const PRODUCT = "imagegen-artisticmonk";
export const ADDRESS = "privacy@imagegen.example";

/** Processes and folders that must not outlive this process. */
const running = new Set();
const folders = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

/** What `ask` answers once it is neither false nor nothing; fails, saying `what`, when that takes too long. */
export async function until(what, ask, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  let trouble;
  do {
    try {
      const answer = await ask();
      if (answer) return answer;
    } catch (error) {
      trouble = error;
    }
    await new Promise((done) => setTimeout(done, 100));
  } while (Date.now() < end);
  throw new Error(`${what}: not within ${seconds} s`, { cause: trouble });
}

export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

function newFolder(owner) {
  const folder = mkdtempSync(path.join(tmpdir(), "recourse-e2e-"));
  if (owner) chownSync(folder, owner.uid, owner.gid);
  folders.add(folder);
  return folder;
}

function dropFolder(folder) {
  rmSync(folder, { recursive: true, force: true });
  folders.delete(folder);
}

/** Starts a process and keeps what it says. Should this process be killed, the kernel sends it `lastWord`. */
function start(lastWord, command, args, options = {}) {
  const child = spawn("setpriv", ["--pdeathsig", lastWord, "--", command, ...args], { stdio: ["ignore", "pipe", "pipe"], ...options });
  const said = { out: "", err: "" };
  child.stdout.on("data", (text) => (said.out += text));
  child.stderr.on("data", (text) => (said.err += text));
  child.on("error", (error) => (said.err += error));
  running.add(child);
  const over = new Promise((done) => child.on("close", done)).then(() => running.delete(child));
  return { child, said, over, isOver: () => child.exitCode !== null || child.signalCode !== null };
}

async function stop(process, signal, seconds = 20) {
  if (process.isOver()) return;
  process.child.kill(signal);
  const late = setTimeout(() => process.child.kill("SIGKILL"), seconds * 1000);
  await process.over;
  clearTimeout(late);
}

/** Runs a command to its end. */
function run(command, args, { input, ...options } = {}) {
  return new Promise((done) => {
    const child = execFile(command, args, { encoding: "utf8", ...options }, (error, out, err) => done({ code: error ? (error.code ?? 1) : 0, out, err }));
    // a program may end before it has read everything
    child.stdin.on("error", () => {});
    child.stdin.end(input ?? "");
  });
}

async function runWell(command, args, options) {
  const { code, out, err } = await run(command, args, options);
  assert.equal(code, 0, `${command} ${args.join(" ")} ended with ${code}: ${err}`);
  return out;
}

/** Who may run a database server: servers refuse root, so then it is the first of these users that the machine has. */
function serverUser() {
  if (process.getuid() !== 0) return undefined;
  const lines = readFileSync("/etc/passwd", "utf8").split("\n").map((line) => line.split(":"));
  const found = ["postgres", "nobody"].map((name) => lines.find(([user]) => user === name)).find(Boolean);
  assert.ok(found, "this machine has neither a user postgres nor a user nobody");
  return { uid: Number(found[2]), gid: Number(found[3]) };
}

function postgresPrograms() {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root).map(Number).filter((version) => version >= 15) : [];
  assert.ok(versions.length, `no PostgreSQL 15 or newer under ${root}`);
  return path.join(root, String(Math.min(...versions)), "bin");
}

/** A PostgreSQL server of its own: empty, on a free port, gone with `stop()`. */
export async function startPostgres() {
  const programs = postgresPrograms();
  const user = serverUser();
  const folder = newFolder(user);
  const options = { ...user, cwd: folder, env: { PATH: process.env.PATH, LC_ALL: "C.UTF-8" } };
  const data = path.join(folder, "data");
  await runWell(path.join(programs, "initdb"), ["-D", data, "-U", "recourse", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"], options);
  const port = await freePort();
  const settings = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "unix_socket_directories="];
  const server = start("QUIT", path.join(programs, "postgres"), ["-D", data, "-h", "127.0.0.1", "-p", String(port), ...settings.flatMap((s) => ["-c", s])], options);
  const ready = () => run(path.join(programs, "pg_isready"), ["-h", "127.0.0.1", "-p", String(port), "-d", "postgres", "-U", "recourse"], options);
  await until(`PostgreSQL is ready; it said ${server.said.err}`, async () => {
    assert.ok(!server.isOver(), server.said.err);
    return (await ready()).code === 0;
  });
  const database = (name) => `postgres://recourse@127.0.0.1:${port}/${name}`;
  return {
    url: database("postgres"),
    /** What the database `name` answers to `question`, a line a row. */
    ask: (name, question) => execFileSync(path.join(programs, "psql"), ["-qAt", "-d", database(name), "-c", question], { ...options, encoding: "utf8" }).trim(),
    /** Makes one more database of these statements; answers its address. */
    async create(name, statements) {
      const psql = (target, text) => runWell(path.join(programs, "psql"), ["-q", "-v", "ON_ERROR_STOP=1", "-d", database(target), "-c", text], options);
      await psql("postgres", `CREATE DATABASE ${name}`);
      await psql(name, statements);
      return database(name);
    },
    async stop() {
      await stop(server, "SIGQUIT");
      dropFolder(folder);
    },
  };
}

async function ready(server, url) {
  await until("the house is ready", async () => {
    assert.ok(!server.isOver(), `it ended: ${server.said.err}`);
    return (await fetch(`${url}/readyz`)).ok;
  });
}

/** Everything a test needs of a running house. */
function house({ server, url, dir, people, outbox, ask, close }) {
  const command = async (input) => {
    const { code, err } = await run(BINARY, ["ingest", "--product", PRODUCT, "--data-dir", dir], { input, env: quiet() });
    assert.equal(code, 0, `ingest ended with ${code}: ${err}`);
  };
  return { url, dir, ...people, ingest: command, log: () => server.said.err + server.said.out, outbox, ask, stop: close };
}

/** The environment without what would change the configuration under test. */
function quiet(more = {}) {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("RECOURSE_"));
  return { ...Object.fromEntries(kept), ...more };
}

/** The demo on SQLite: `officer` sees restricted cases, `agent` does not, `lead` approves runs as the officer does. Mail leaves as files, or to the mail server `smtp`. */
export async function startDemo({ log = "info", smtp } = {}) {
  const folder = newFolder();
  const dir = path.join(folder, "demo");
  const url = `http://127.0.0.1:${await freePort()}`;
  const env = quiet({ RECOURSE__JOBS__POLL_MS: "100", RECOURSE__LOG__LEVEL: log, RECOURSE__SERVER__PUBLIC_URL: url, ...(smtp && { RECOURSE__MAIL__SMTP_URL: smtp.url }) });
  const server = start("TERM", BINARY, ["demo", "--data-dir", dir, "--listen", url.slice("http://".length)], { env });
  await ready(server, url);
  const [officer, agent, lead] = ["nisha@imagegen.example", "arun@imagegen.example", "tomasz@imagegen.example"].map((email) => {
    const [, password] = server.said.out.match(new RegExp(`${email}\\s+(\\S+)`)) ?? [];
    assert.ok(password, `the demo told no password for ${email}: ${server.said.out}`);
    return { email, password };
  });
  officer.name = "Nisha Rao";
  agent.name = "Arun Pillai";
  lead.name = "Tomasz Wilk";
  const close = async () => {
    await stop(server, "SIGTERM");
    dropFolder(folder);
  };
  const ask = (question) => execFileSync("sqlite3", ["-readonly", path.join(dir, "imagegen.db"), question], { encoding: "utf8" }).trim();
  return house({ server, url, dir, people: { officer, agent, lead }, ask, outbox: () => smtp?.letters ?? letters(path.join(dir, "outgoing")), close });
}

function letters(folder) {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".eml") && !name.startsWith(".")) : [];
  return names.map((name) => readFileSync(path.join(folder, name), "utf8"));
}

/** An empty house on PostgreSQL with the same two people. Mail leaves by SMTP, into a sink. With `company` a generation
 * database of these `tables` stands behind it, read through the data map `map`; its `files` lie in a folder by their names,
 * or where `settings` says, lines of the configuration's section. `more` are sections of their own. Reached as `host`: only under a
 * name are there passkeys. `meddle` runs a statement on the house's own database and answers what it says. */
export async function startOnPostgres({ company, more = "", factor = "offered", host = "127.0.0.1" } = {}) {
  const folder = newFolder();
  const closers = [async () => dropFolder(folder)];
  const close = async () => {
    while (closers.length) await closers.pop()();
  };
  try {
    const postgres = await startPostgres();
    closers.push(postgres.stop);
    const sink = await startSink();
    closers.push(sink.stop);
    const dir = path.join(folder, "data");
    const port = await freePort();
    const url = `http://${host}:${port}`;
    mkdirSync(dir);
    let generation = "";
    if (company) {
      const map = path.join(dir, "map.toml");
      writeFileSync(map, company.map);
      generation = `[products.${PRODUCT}.generation]\nurl = "${await postgres.create("company", company.tables)}"\ndata_map = "${map}"\n`;
      generation += company.settings ?? "";
      if (company.files) generation += `files = "${filed(path.join(dir, "files"), company.files)}"\n`;
    }
    writeFileSync(path.join(dir, "recourse.toml"), configuration(url, port, postgres.url, sink.url, factor) + generation + more);
    const people = {
      officer: await hire(dir, "Nisha Rao", "nisha@imagegen.example", ["officer", "responder"]),
      agent: await hire(dir, "Arun Pillai", "arun@imagegen.example", ["agent"]),
    };
    const server = start("TERM", BINARY, ["serve", "--data-dir", dir], { env: quiet() });
    closers.push(() => stop(server, "SIGTERM"));
    await ready(server, url);
    const [ask, meddle] = ["company", "postgres"].map((name) => (statement) => postgres.ask(name, statement));
    return { ...house({ server, url, dir, people, outbox: () => sink.letters, ask, close }), meddle };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Writes `files` into `folder` by their names; the folder. */
export function filed(folder, files) {
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), bytes);
  }
  return folder;
}

function configuration(url, port, database, smtp, factor) {
  return `[server]
listen = "127.0.0.1:${port}"
public_url = "${url}"
[database]
url = "${database}"
[mail]
smtp_url = "${smtp}"
ask_senders = false
[jobs]
poll_ms = 100
[sign_in]
second_factor = "${factor}"
[products.${PRODUCT}]
address = "${ADDRESS}"
`;
}

/** Hires somebody into the house in `dir`; answers how they sign in. */
export async function hire(dir, name, email, roles) {
  const said = await runWell(BINARY, ["admin", "create-user", "--data-dir", dir, "--email", email, "--name", name, ...roles.flatMap((r) => ["--role", r])], { env: quiet() });
  const [, password] = said.match(/Password, shown only now: (\S+)/) ?? [];
  assert.ok(password, `create-user told no password: ${said}`);
  return { email, name, password };
}

/** A mail as a person's program writes it; `answers` names the mail that it answers. */
export function mail({ from, subject, text, id, answers, attachment }) {
  const headers = [
    `From: ${from}`,
    `To: ${ADDRESS}`,
    `Subject: ${subject}`,
    `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${id}>`,
    ...(answers ? [`In-Reply-To: <${answers}>`, `References: <${answers}>`] : []),
    "MIME-Version: 1.0",
  ];
  const letter = ["Content-Type: text/plain; charset=utf-8", "", text];
  if (!attachment) return [...headers, ...letter, ""].join("\r\n");
  const file = [
    `Content-Type: ${attachment.type}; name="${attachment.name}"`,
    `Content-Disposition: attachment; filename="${attachment.name}"`,
    "Content-Transfer-Encoding: base64",
    "",
    Buffer.from(attachment.bytes).toString("base64"),
  ];
  const parts = [...headers, 'Content-Type: multipart/mixed; boundary="part"', "", "--part", ...letter, "--part", ...file, "--part--", ""];
  return parts.join("\r\n");
}

/** The headers of a letter by lower-case name, unfolded. */
export function headersOf(letter) {
  const [head] = letter.split(/\r?\n\r?\n/);
  const lines = head.replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/);
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]));
}
