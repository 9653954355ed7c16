// A copy of somebody's data from the mail to the pictures on their screen, told on both stores, with JavaScript and without: by
// the programs that people open archives with, counted against the company's own database, and gone once it is withdrawn.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import { after, before, test } from "node:test";
import { entriesOf, readOffline, rowsOf, unlock, unpack } from "./archive.mjs";
import { launchBrowser } from "./browser.mjs";
import { COMPANY, LENA, arrives, confirms, downloaded, fetches, isAsked, isPacked, isReleased, lettersTo, linksTo } from "./copy.mjs";
import { deskOf, openCase, stateOf, submitted, summaryLeadsTo } from "./desk.mjs";
import { startDemo, startOnPostgres, until } from "./house.mjs";
import { watch } from "./watch.mjs";

const SHOTS = path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "shots");
const WRONG = "AAAAA-AAAAA-AAAAA-AAAAA";
/** How many pictures the page shows; the others are in the folder beside it. */
const SHOWN = 60;
/** Tables whose rows are not found by a column user_id. */
const DEMO_ROWS = {
  users: "id = ME",
  devices: "id IN (SELECT device_id FROM user_devices WHERE user_id = ME)",
  gallery_items: "gallery_id IN (SELECT id FROM galleries WHERE user_id = ME)",
};

let browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser?.close());

const onDemo = async () => {
  const house = await startDemo();
  const me = house.ask(`SELECT id FROM users WHERE lower(email) = '${LENA.address}'`);
  const tables = house.ask("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").split("\n");
  const where = (table) => (DEMO_ROWS[table] ?? "user_id = ME").replaceAll("ME", me);
  const keys = `SELECT object_key FROM images WHERE user_id = ${me} UNION SELECT preview_key FROM images WHERE user_id = ${me} AND preview_key IS NOT NULL
    UNION SELECT avatar_key FROM profiles WHERE user_id = ${me} AND avatar_key IS NOT NULL`;
  return Object.assign(house, { second: house.lead, tables, where, owner: ["user_id", Number(me)], files: house.ask(keys).split("\n").map((key) => path.join(house.dir, "imagegen-files", key)).filter(existsSync), others: "farhan.qureshi@mail.example" });
};
const onPostgres = async () => {
  const house = await startOnPostgres({ company: COMPANY });
  const where = (table) => (table === "accounts" ? "id = 'u-1'" : "account_id = 'u-1'");
  return Object.assign(house, { second: house.officer, tables: ["accounts", "images", "notes"], where, owner: ["account_id", "u-1"], files: entriesOf(path.join(house.dir, "files/own")).map((name) => path.join(house.dir, "files/own", name)), others: "omar@record.example" });
};

for (const [where, open, javaScriptEnabled] of [
  ["SQLite with JavaScript", onDemo, true],
  ["SQLite without JavaScript", onDemo, false],
  ["PostgreSQL with JavaScript", onPostgres, true],
  ["PostgreSQL without JavaScript", onPostgres, false],
]) {
  test(`the story of a copy on ${where}`, { timeout: 240_000 }, async (t) => {
    const house = await open();
    t.after(() => house.stop());
    const [agent, second] = [await deskOf(browser, house, house.agent, { javaScriptEnabled }), await deskOf(browser, house, house.second, { javaScriptEnabled })];
    const person = await (await browser.newContext({ javaScriptEnabled, viewport: { width: 1440, height: 900 } })).newPage();
    t.after(() => Promise.all([agent, second, person].map((page) => page.context().close())));
    const troubles = [agent, second, person].map((page) => watch(page, { javaScriptEnabled }));
    const folder = path.join(house.dir, "fetched");
    mkdirSync(folder);
    const story = { agent, second, person, folder, javaScriptEnabled, before: packages(house).length };
    const step = (name, does) => t.test(name, () => does(house, story)).then(() => undefined);
    await step("the request arrives and is confirmed; a code is shown once", isConfirmed);
    await step("the copy is made, by one who cannot let it go", isMade);
    await step("somebody else lets it go; the case is resolved", isLetGo);
    await step("a wrong code opens nothing, a right one does", isFetched);
    await step("the archive has every row and file of the person and nobody else's", isWhole);
    await step("the page inside is read without a network", isRead);
    await step("the locked archive opens with the code alone", isLocked);
    await step("a download that broke off goes on where it was", goesOn);
    await step("the keyboard is enough", byKeyboard);
    await step("staff withdraw the link; link and archive are gone alike", isWithdrawn);
    assert.deepEqual(troubles.flat(), []);
  });
}

const packages = (house) => readdirSync(path.join(house.dir, "packages"));

async function isConfirmed(house, story) {
  const { agent, person } = story;
  story.reference = await arrives(house, agent);
  assert.match(await agent.locator("main").innerText(), /Verify the person before the copy is made/);
  assert.equal(await agent.getByRole("button", { name: "Make the copy" }).count(), 0);
  const link = await isAsked(house, agent, story.reference);
  story.code = await confirms(person, link);
  assert.equal((await person.goto(link)).status(), 404, "a code is shown twice");
  await openCase(agent, house, story.reference);
  assert.equal((await agent.content()).includes(story.code), false, "staff can read the code");
}

async function isMade(house, story) {
  const { agent, reference } = story;
  story.run = await isPacked(house, agent, reference);
  assert.equal(await agent.getByRole("button", { name: "Release to the person" }).count(), 0);
  const own = await agent.request.post(house.url + story.run, { form: { do: "release" }, headers: { origin: house.url } });
  assert.equal(own.status(), 403, "somebody lets their own copy go");
  assert.equal(linksTo(house, LENA.address, "copy").length, 0);
  const says = await agent.locator("main").innerText();
  assert.equal(says.includes(LENA.address), false, "the review shows what is in it");
  assert.equal(packages(house).length, story.before + 1);
  const [name] = packages(house).sort().slice(-1);
  const sealed = readFileSync(path.join(house.dir, "packages", name));
  for (const never of ["PK\x03\x04", LENA.address, "index.html"]) assert.equal(sealed.includes(never), false, `${never} can be read`);
  await openCase(agent, house, reference);
  assert.equal(await stateOf(agent), "Waiting for approval");
}

async function isLetGo(house, story) {
  const { agent, second, reference } = story;
  story.link = await isReleased(house, second, story.run);
  await second.goto(house.url + story.run);
  assert.match(await second.locator(".facts").innerText(), /Ed25519[\s\S]*\bvalid just now/);
  assert.doesNotMatch(await second.locator(".facts").innerText(), /not valid/);
  await openCase(agent, house, reference);
  assert.equal(await stateOf(agent), "Resolved, granted");
  assert.match(await agent.locator(".facts").innerText(), /Copy of the data[\s\S]*Not opened yet\./);
  for (const letter of lettersTo(house, LENA.address)) assert.equal(letter.includes(story.code), false, "the code was mailed");
  assert.equal((await agent.content()).includes(story.link.split("/").pop()), false, "staff can read the link");
}

async function isFetched(house, story) {
  const { person, link, code, folder, agent } = story;
  await person.goto(link);
  await person.locator("#code").fill(WRONG);
  assert.equal(await submitted(person, () => person.getByRole("button", { name: "Download the copy" }).click()), 422);
  assert.match(await summaryLeadsTo(person, "code"), /This code does not open the copy/);
  assert.equal((await person.content()).includes(WRONG), false, "what was typed stands in the page");
  story.plain = await fetches(person, link, code.toLowerCase().replaceAll("-", " "), "Download the copy", folder);
  assert.equal(story.plain.name, "your-data.zip");
  await openCase(agent, house, story.reference);
  assert.match(await agent.locator(".facts").innerText(), /Opened 1 of 5 times\./);
  assert.equal(house.log().includes(link.split("/").pop()), false, "the token stands in the log");
}

async function isWhole(house, story) {
  story.unpacked = path.join(story.folder, "plain");
  story.entries = unpack(story.plain.file, story.unpacked);
  const [column, me] = house.owner;
  let filled = 0;
  for (const table of house.tables) {
    const rows = rowsOf(story.unpacked, table);
    assert.equal(rows.length, Number(house.ask(`SELECT count(*) FROM ${table} WHERE ${house.where(table)}`)), table);
    assert.ok(rows.every((row) => !(column in row) || row[column] === me), `${table} has somebody else's rows`);
    filled += Math.sign(rows.length);
    if (!rows.length || !("id" in rows[0])) continue;
    const keys = house.ask(`SELECT id FROM ${table} WHERE ${house.where(table)}`).split("\n");
    assert.deepEqual(rows.map((row) => String(row.id)).sort(), keys.sort(), table);
  }
  assert.equal(story.entries.filter((name) => name.startsWith("data/")).length, 2 * filled);
  const files = story.entries.filter((name) => name.startsWith("files/")).map((name) => path.join(story.unpacked, name));
  assert.deepEqual(sums(files), sums(house.files));
  for (const name of story.entries.filter((name) => /\.(json|csv|html)$/.test(name))) {
    assert.equal(readFileSync(path.join(story.unpacked, name), "utf8").includes(house.others), false, `${name} names somebody else`);
  }
}

/** What is in these files, whatever they are called. */
const sums = (files) => files.map((file) => createHash("sha256").update(readFileSync(file)).digest("hex")).sort();

async function isRead(house, story) {
  const says = [/How long we keep it/, /Your rights/, new RegExp(LENA.address)];
  const shots = story.javaScriptEnabled && SHOTS;
  await readOffline(browser, story.unpacked, { says, pictures: Math.min(house.files.length, SHOWN), shots });
}

async function isLocked(house, story) {
  const { person, link, code, folder } = story;
  story.locked = await fetches(person, link, code, "Download with a password", folder);
  assert.equal(story.locked.name, "your-data-with-password.zip");
  const unlocked = path.join(folder, "locked");
  assert.deepEqual(unlock(story.locked.file, code, unlocked), story.entries);
  for (const name of story.entries) assert.ok(readFileSync(path.join(unlocked, name)).equals(readFileSync(path.join(story.unpacked, name))), name);
}

async function goesOn(house, story) {
  const whole = readFileSync(story.plain.file);
  const first = await brokenOff(story.plain.url);
  assert.ok(first.bytes.length > 0 && first.bytes.length < whole.length, `${first.bytes.length} of ${whole.length}`);
  const rest = await fetch(story.plain.url, { headers: { range: `bytes=${first.bytes.length}-`, "if-range": first.tag } });
  assert.equal(rest.status, 206);
  assert.equal(rest.headers.get("content-range"), `bytes ${first.bytes.length}-${whole.length - 1}/${whole.length}`);
  assert.ok(Buffer.concat([first.bytes, Buffer.from(await rest.arrayBuffer())]).equals(whole), "the parts are not the whole");
}

/** The beginning of what is at `url`: the connection is cut while it comes. */
function brokenOff(url) {
  return new Promise((done, failed) => {
    const request = http.get(url, { headers: { range: "bytes=0-40000" } }, (response) => {
      const pieces = [];
      response.on("data", (piece) => pieces.push(piece.subarray(0, 20_000)) === 1 && request.destroy());
      response.on("close", () => done({ bytes: Buffer.concat(pieces.slice(0, 1)), tag: response.headers.etag }));
      response.on("error", () => {});
    });
    request.on("error", failed);
  });
}

async function byKeyboard(house, story) {
  const { person, link, code, folder } = story;
  await person.goto(link);
  const tab = async () => {
    await person.keyboard.press("Tab");
    return person.evaluate(() => document.activeElement.id || document.activeElement.value);
  };
  assert.equal(await tab(), "code");
  assert.deepEqual([await tab(), await tab(), await tab()], ["plain", "locked", "lost"]);
  for (let n = 0; n < 3; n++) await person.keyboard.press("Shift+Tab");
  await person.keyboard.type(code);
  const { file } = await downloaded(person, () => person.keyboard.press("Enter"), folder);
  assert.ok(readFileSync(file).equals(readFileSync(story.plain.file)));
  // a link for a new code is asked for without the old one, which counts until the new one is shown
  await person.goto(link);
  assert.equal(await submitted(person, () => person.getByRole("button", { name: /I have no code/ }).click()), 200);
  assert.equal(await person.locator("h1").innerText(), "Look into your mail");
}

async function isWithdrawn(house, story) {
  const { agent, reference, link } = story;
  await openCase(agent, house, reference);
  const box = agent.locator(".facts details").filter({ hasText: "Withdraw the link" });
  await box.locator("summary").click();
  const press = () => submitted(agent, () => agent.getByRole("button", { name: "Withdraw and destroy the copy" }).click());
  assert.equal(await press(), 422);
  await box.locator("textarea").fill("She asked us to <stop>.");
  assert.equal(await press(), 200);
  assert.match(await agent.locator(".facts").innerText(), /link withdrawn/);
  const gone = await Promise.all([link, story.plain.url, story.locked.url, `${house.url}/copy/madeup`].map((url) => fetch(url)));
  assert.deepEqual(gone.map((answer) => answer.status), [404, 404, 404, 404]);
  const pages = await Promise.all(gone.map((answer) => answer.text()));
  assert.ok(pages.every((page) => page === pages[0]), "what is gone can be told from what never was");
  await until("the file is destroyed", () => packages(house).length === story.before);
  await openCase(agent, house, reference);
  assert.match(await agent.locator(".facts").innerText(), /file destroyed/);
}

test("who lost the code gets a new one by mail, and the old one opens nothing", { timeout: 120_000 }, async (t) => {
  const house = await startDemo();
  t.after(() => house.stop());
  const person = await (await browser.newContext({ viewport: { width: 360, height: 800 } })).newPage();
  t.after(() => person.context().close());
  const troubles = watch(person);
  const desk = await deskOf(browser, house, house.lead);
  await desk.goto(`${house.url}/runs/E-4`);
  assert.doesNotMatch(await desk.locator(".facts").innerText(), /not valid/, "a receipt of the demo is not believed");
  await desk.context().close();
  const thomas = "thomas@bergqvist.example";
  const [link] = linksTo(house, thomas, "copy");
  const known = linksTo(house, thomas, "verify");
  await person.goto(link);
  assert.equal(await submitted(person, () => person.getByRole("button", { name: /I have no code/ }).click()), 200);
  const again = await until("a new link left", () => linksTo(house, thomas, "verify").find((one) => !known.includes(one)));
  const code = await confirms(person, again);
  const { file } = await fetches(person, link, code, "Download the copy", house.dir);
  unpack(file, path.join(house.dir, "thomas"));
  assert.deepEqual(troubles, []);
});
