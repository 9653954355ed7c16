// An erasure from the mail to the receipt, told on both stores, with JavaScript and without: verified by a link, planned by
// one, approved by another, carried out, proved, and answered with a letter that says what was kept and where to complain.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { findBarriers, launchBrowser } from "./browser.mjs";
import { act, caseSays, deskOf, openCase, stateOf, submitted, summaryLeadsTo, theCase } from "./desk.mjs";
import { BINARY, PRODUCT, headersOf, mail, startDemo, startOnPostgres, until } from "./house.mjs";
import { watch } from "./watch.mjs";

const SHOTS = path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "shots");
const LENA = { name: "Lena Hoffmann", address: "lena.hoffmann@mail.example" };
const COMPANY = {
  tables: `CREATE TABLE accounts (id TEXT PRIMARY KEY, email TEXT);
    CREATE TABLE images (id BIGINT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts (id));
    CREATE TABLE invoices (id BIGINT PRIMARY KEY, account_id TEXT REFERENCES accounts (id), issued_on DATE NOT NULL);
    CREATE TABLE notes (id BIGINT PRIMARY KEY, account_id TEXT REFERENCES accounts (id), body TEXT NOT NULL);
    INSERT INTO accounts VALUES ('u-1', '${LENA.address}'), ('u-2', 'omar@record.example'), ('u-3', 'ines@record.example');
    INSERT INTO images SELECT n, 'u-1' FROM generate_series(1, 1206) n;
    INSERT INTO images VALUES (9001, 'u-2'), (9002, 'u-3');
    INSERT INTO invoices VALUES (1, 'u-1', CURRENT_DATE - 30), (2, 'u-1', CURRENT_DATE - 400);
    INSERT INTO notes VALUES (1, 'u-2', 'I share pictures with ${LENA.address} sometimes.')`,
  map: `product = "${PRODUCT}"
version = "2026-11-01"
system = "ImageGen accounts"
subject = "accounts"
[[identity]]
kind = "email"
table = "accounts"
column = "email"
normal = "lower"
contact = true
[tables.accounts]
key = ["id"]
erase = "delete"
columns = { id = { category = "account" }, email = { category = "contact" } }
[tables.images]
key = ["id"]
erase = "delete"
owner = [{ to = "accounts", on = { account_id = "id" } }]
columns = { id = { category = "content" }, account_id = { category = "account" } }
[tables.notes]
key = ["id"]
erase = "delete"
owner = [{ to = "accounts", on = { account_id = "id" } }]
columns = { id = { category = "content" }, account_id = { category = "account" }, body = { category = "content", search = true } }
[tables.invoices]
key = ["id"]
erase = "keep"
owner = [{ to = "accounts", on = { account_id = "id" } }]
keep = { reason = "Books of account have to be preserved for eight years", period = "P8Y", after = "issued_on" }
[tables.invoices.columns]
id = { category = "billing" }
account_id = { category = "account", erase = "null" }
issued_on = { category = "billing" }
`,
};

let browser;
before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  browser = await launchBrowser();
});
after(() => browser?.close());

const onDemo = async () => {
  const house = await startDemo();
  return Object.assign(house, { second: house.lead });
};
const onPostgres = async () => {
  const house = await startOnPostgres({ company: COMPANY });
  return Object.assign(house, { second: house.officer });
};
/** A letter's words as they are read, whatever its transfer encoding. */
const plain = (letter) => letter.replace(/=\r?\n/g, "").replace(/(=[0-9A-F]{2})+/g, (bytes) => Buffer.from(bytes.replaceAll("=", ""), "hex").toString());
const lettersTo = (house, address) => house.outbox().filter((letter) => headersOf(letter).to?.includes(address)).map(plain);
const facts = (page) => page.locator(".facts").innerText();

for (const [where, open, javaScriptEnabled] of [
  ["SQLite with JavaScript", onDemo, true],
  ["SQLite without JavaScript", onDemo, false],
  ["PostgreSQL with JavaScript", onPostgres, true],
  ["PostgreSQL without JavaScript", onPostgres, false],
]) {
  test(`the story of an erasure on ${where}`, { timeout: 180_000 }, async (t) => {
    const house = await open();
    t.after(() => house.stop());
    const [agent, second] = [await deskOf(browser, house, house.agent, { javaScriptEnabled }), await deskOf(browser, house, house.second, { javaScriptEnabled })];
    t.after(() => Promise.all([agent, second].map((page) => page.context().close())));
    const troubles = [agent, second].map((page) => watch(page, { javaScriptEnabled }));
    await tell(t, house, { agent, second, javaScriptEnabled, look: open === onDemo && javaScriptEnabled });
    assert.deepEqual(troubles.flat(), []);
  });
}

async function tell(t, house, story) {
  const step = (name, does) => t.test(name, () => does(house, story)).then(() => undefined);
  await step("the request arrives; what is missing is said", arrives);
  await step("the holder confirms by the link in the mail", confirms);
  await step("the erasure is planned, by one who cannot approve it", isPlanned);
  await step("a second person sends it back, with a reason; a new plan is made", isSentBack);
  await step("a wrong reference and unread warnings approve nothing", isNotYetApproved);
  await step("it is approved, carried out and proved", isCarriedOut);
  await step("the receipt is downloaded and holds", isProved);
  await step("the letter says what was kept and where to complain; the case is resolved", isAnswered);
}

async function arrives(house, story) {
  await house.ingest(mail({ from: `${LENA.name} <${LENA.address}>`, subject: "Privacy Request", id: "erase-me@mail.example", text: "Please delete my account and all my pictures." }));
  story.reference = await until("the case is there", async () => {
    await story.agent.goto(`${house.url}/queue?q=${encodeURIComponent(LENA.name)}`);
    // the demo knows her from earlier requests
    const rows = await story.agent.locator("form.queue .rows td.ref").allInnerTexts();
    for (const reference of rows) {
      await openCase(story.agent, house, reference);
      if ((await story.agent.locator(".story").innerText()).includes("Please delete my account and all my pictures.")) return reference;
    }
    return undefined;
  });
  assert.match(await story.agent.locator("main").innerText(), /Verify the person before the erasure is planned/);
  assert.equal(await story.agent.getByRole("button", { name: "Plan the erasure" }).count(), 0);
  assert.equal(await story.agent.locator("details.letter").getAttribute("open"), null, "the letter is put forward before its time");
}

async function confirms(house, story) {
  const { agent, reference } = story;
  await openCase(agent, house, reference);
  const box = agent.locator("details.act").filter({ has: agent.locator("summary", { hasText: /^Verify$/ }) });
  await box.locator("summary").click();
  assert.equal(await submitted(agent, () => box.getByRole("button", { name: /Send a link/ }).click()), 200);
  const url = await until("the link left", () => lettersTo(house, LENA.address).map((letter) => letter.match(/http:\/\/\S+\/verify\/[a-z2-7]{52}/)?.[0]).find(Boolean));
  const link = new URL(url).pathname;
  assert.equal((await fetch(house.url + link)).status, 200);
  const pressed = await fetch(house.url + link, { method: "POST", headers: { "sec-fetch-site": "same-origin", origin: house.url }, redirect: "manual" });
  assert.equal(pressed.status, 303);
  await caseSays(agent, house, reference, "by the link sent to the address on record");
}

async function plans(house, { agent, reference }) {
  await openCase(agent, house, reference);
  assert.equal(await submitted(agent, () => agent.getByRole("button", { name: "Plan the erasure" }).click()), 200);
  const run = new URL(agent.url()).pathname;
  assert.match(run, /^\/runs\/E-\d+$/);
  return run;
}

async function isPlanned(house, story) {
  const { agent, reference } = story;
  story.run = await plans(house, story);
  assert.match(await agent.locator("h1").innerText(), /^Plan of run E-\d+: erase one person from/);
  assert.match(await agent.locator(".notice.is-met").innerText(), /A second person has to approve it/);
  assert.match(await agent.locator("main").innerText(), /You asked for this run, so somebody else has to approve it/);
  assert.equal(await agent.locator("#approve").count(), 0);
  const own = await agent.request.post(house.url + story.run, { form: { do: "approve", typed: reference, accepted: "0" }, headers: { origin: house.url } });
  assert.equal(own.status(), 403, "somebody approves their own plan");
  await openCase(agent, house, reference);
  assert.equal(await stateOf(agent), "Waiting for approval");
  assert.match(await agent.locator("main").innerText(), /Run E-\d+ waits for approval/);
  await agent.goto(`${house.url}/queue?view=approval`);
  assert.ok((await agent.locator("form.queue .rows td.ref").allInnerTexts()).includes(reference));
  await agent.goto(`${house.url}/runs`);
  assert.match(await agent.locator("table.runs").first().innerText(), new RegExp(`${story.run.split("/").pop()}[\\s\\S]*${reference}[\\s\\S]*Waiting for approval`));
}

async function isSentBack(house, story) {
  const { second, agent, reference } = story;
  await second.goto(house.url + story.run);
  await second.locator("summary", { hasText: "Send back with a reason" }).click();
  assert.equal(await submitted(second, () => second.getByRole("button", { name: "Send back", exact: true }).click()), 422);
  await summaryLeadsTo(second, "send-back-reason");
  await second.locator("#send-back-reason").fill("Ask about the <shared> pictures first.");
  assert.equal(await submitted(second, () => second.getByRole("button", { name: "Send back", exact: true }).click()), 200);
  await agent.goto(house.url + story.run);
  assert.match(await agent.locator("main").innerText(), new RegExp(`${house.second.name} sent this plan back\\.\\s+Ask about the <shared> pictures first\\.`));
  await openCase(agent, house, reference);
  assert.equal(await stateOf(agent), "Open");
  story.run = await plans(house, story);
}

async function isNotYetApproved(house, story) {
  const { second, reference } = story;
  await second.goto(house.url + story.run);
  if (story.look) await looksRight(second, "erase-plan");
  const warnings = second.locator('[name="accepted"]');
  story.warnings = await warnings.count();
  assert.ok(story.warnings > 0, "somebody mentions her");
  assert.match(await second.locator("h2").first().innerText(), /warnings? to accept, none that stops the run/);
  await second.locator("#typed").fill("R-1");
  const press = () => submitted(second, () => second.getByRole("button", { name: /^Approve and erase [\d,]+ rows$/ }).click());
  assert.equal(await press(), 422);
  assert.match(await summaryLeadsTo(second, "typed"), /There are 2 problems/);
  if (story.look) await looksRight(second, "erase-plan-errors");
  await second.locator(".error-box a").last().click();
  assert.equal(await second.evaluate(() => document.activeElement?.name), "accepted");
  await warnings.first().check();
  await second.locator("#typed").fill(reference.toLowerCase());
  if (story.warnings > 1) {
    assert.equal(await press(), 422);
    assert.ok(await warnings.first().isChecked(), "a ticked warning has to be ticked again");
    assert.equal(await second.locator("#typed").inputValue(), reference.toLowerCase());
  }
}

async function isCarriedOut(house, story) {
  const { second, agent } = story;
  for (const box of await second.locator('[name="accepted"]').all()) await box.check();
  const asked = await halfway(second);
  assert.equal(await submitted(second, () => second.getByRole("button", { name: /^Approve and erase/ }).click()), 200);
  assert.equal(new URL(second.url()).pathname, story.run);
  const ended = second.getByRole("heading", { name: /^Receipt of run E-\d+$/ });
  if (story.javaScriptEnabled) {
    // nobody presses anything: the page finds how far it is, and the end, by itself
    await second.getByText("603 of 1,206 rows").waitFor();
    assert.deepEqual(await second.locator("progress").evaluate(({ value, max }) => [value, max]), [603, 1206]);
    assert.match(await second.locator("table.plan").innerText(), /images\s+delete\s+To do:\s+603 of 1,206\s+40/);
    if (story.look) await looksRight(second, "erase-at-work");
    asked.answersItself();
    await ended.waitFor({ timeout: 30_000 });
  } else {
    await until("the run has ended", async () => {
      if (await ended.count()) return true;
      assert.equal(await submitted(second, () => second.getByRole("link", { name: "Load again" }).click()), 200);
      return false;
    });
  }
  await agent.goto(house.url + story.run);
  const says = await agent.locator("main").innerText();
  assert.match(says, /Looked for again at \d\d:\d\d: nothing is left of what had to go\.\s+[\d,]+ rows and [\d,]+ files? erased/);
  assert.match(says, /kept until \d+ \w{3} \d{4}: Books of account/);
  assert.match(await facts(agent), new RegExp(`Ed25519[\\s\\S]*valid just now[\\s\\S]*Asked by\\s+${house.agent.name} \\(you\\)\\s+Approved by\\s+${house.second.name}`));
  if (story.look) await looksRight(agent, "erase-receipt");
}

/** Answers in the server's place that a run is halfway: runs of a test are over before anybody can look. */
async function halfway(page) {
  const step = { table: "images", does: "delete", done: "603 of 1,206", files: "40", ended: false };
  const line = { at: "2026-11-24T05:32:00Z", time: "24 Nov, 11:02:00", says: "Begun" };
  const told = { done: 603, found: 1206, says: "603 of 1,206 rows", now: "Now at images.", steps: [step], log: [line, line], over: false };
  let halfway = true;
  await page.route("**/api/run_progress", (route) => (halfway ? route.fulfill({ json: told }) : route.continue()));
  return { answersItself: () => (halfway = false) };
}

async function isProved(house, story) {
  const { agent, reference } = story;
  const answer = await agent.request.get(`${house.url}${story.run}/receipt.json`);
  const run = story.run.split("/").pop();
  assert.equal(answer.status(), 200);
  assert.match(answer.headers()["content-disposition"], new RegExp(`^attachment; filename="receipt-${run}.json"`));
  const text = await answer.text();
  for (const never of [LENA.address, LENA.name, "u-1"]) assert.equal(text.includes(never), false, `the receipt tells ${never}`);
  JSON.parse(text);
  const file = path.join(house.dir, `receipt-${run}.json`);
  writeFileSync(file, text);
  // fails where the receipt is not believed
  const said = execFileSync(BINARY, ["receipt", "verify", file, "--data-dir", house.dir], { encoding: "utf8" });
  assert.ok(said.includes(reference), said);
}

async function isAnswered(house, story) {
  const { agent, reference } = story;
  await openCase(agent, house, reference);
  assert.match(await agent.locator("main").innerText(), /The erasure is finished and verified/);
  const letter = agent.locator("section.letter");
  assert.equal(await letter.locator('[name="outcome"]').inputValue(), "partial");
  if (story.look) await looksRight(agent, "erase-letter");
  const proposed = await letter.locator("textarea").inputValue();
  await letter.locator('[name="basis"]').selectOption("");
  await letter.locator("textarea").fill(`${proposed}\n\nYours, <Arun>`);
  assert.equal(await submitted(agent, () => agent.getByRole("button", { name: "Send letter and resolve" }).click()), 422);
  await summaryLeadsTo(agent, "close-basis");
  assert.ok((await letter.locator("textarea").inputValue()).endsWith("Yours, <Arun>"), "what was typed is lost");
  await letter.locator('[name="basis"]').selectOption({ label: "The law wants the data kept" });
  assert.equal(await submitted(agent, () => agent.getByRole("button", { name: "Send letter and resolve" }).click()), 200);
  assert.equal(await stateOf(agent), "Resolved, granted in part");
  const sent = await until("the letter left", () => lettersTo(house, LENA.address).find((one) => one.includes("Yours, <Arun>")));
  assert.match(sent.replace(/\s+/g, " "), /Kept: \d+ entr(y|ies) in invoices, until \d+ \w+ \d{4} at the latest\. Reason: Books of account/);
  assert.match(sent.replace(/\s+/g, " "), /The law obliges us to keep this data/);
  assert.match(sent, /complaint|complain/i);
}

test("what may not be erased is not; the page says so without saying why, and the plan is given up with a reason", { timeout: 180_000 }, async (t) => {
  const house = await onPostgres();
  t.after(() => house.stop());
  const agent = await deskOf(browser, house, house.agent, { javaScriptEnabled: true });
  t.after(() => agent.context().close());
  const troubles = watch(agent);
  await agent.goto(`${house.url}/runs`);
  assert.match(await agent.locator("main").innerText(), /No run waits for anybody[\s\S]*No run has ended yet/);
  await looksRight(agent, "erase-no-runs");

  await house.ingest(mail({ from: "Omar Said <omar@record.example>", subject: "Privacy Request", id: "omar@record.example", text: "Please delete my account." }));
  const reference = await theCase(agent, house, "Omar Said");
  await openCase(agent, house, reference);
  assert.equal(await act(agent, "More", { basis: "dispute", identity: "email", value: "omar@record.example", reason: "He disputes the last bill." }), 200);
  const box = agent.locator("details.act").filter({ has: agent.locator("summary", { hasText: /^Verify$/ }) });
  await box.locator("summary").click();
  await box.locator('[name="reason"]').fill("Called back on the known number.");
  assert.equal(await submitted(agent, () => box.getByRole("button", { name: "Decide that it is them" }).click()), 200);
  const run = await plans(house, { agent, reference });
  const says = await agent.locator("main").innerText();
  assert.match(says, /Stopped[\s\S]*1 thing stops the run[\s\S]*Not now\.\s+This erasure may not run now\./);
  assert.match(await facts(agent), /Holds\s+This erasure may not run now\./);
  assert.doesNotMatch(says, /dispute/);
  await looksRight(agent, "erase-blocked");
  await openCase(agent, house, reference);
  assert.match(await agent.locator("main").innerText(), /Run E-\d+ stopped\./);

  await agent.goto(house.url + run);
  await agent.locator("summary", { hasText: "Cancel this run" }).click();
  const cancel = () => submitted(agent, () => agent.getByRole("button", { name: "Cancel the run" }).click());
  assert.equal(await cancel(), 422);
  await summaryLeadsTo(agent, "cancel-reason");
  await agent.locator("#cancel-reason").fill("Waits for the court.");
  assert.equal(await cancel(), 200);
  assert.match(await agent.locator("main").innerText(), /cancelled before it began\.\s+Waits for the court\.[\s\S]*What would have happened/);
  await looksRight(agent, "erase-cancelled");

  await openCase(agent, house, reference);
  await agent.locator("details.letter summary").click();
  await agent.locator('.letter [name="outcome"]').selectOption({ label: "Refused" });
  await agent.locator('.letter [name="basis"]').selectOption({ label: "It cannot be met at present" });
  assert.equal(await submitted(agent, () => agent.getByRole("button", { name: "Send letter and resolve" }).click()), 200);
  assert.equal(await stateOf(agent), "Resolved, refused");
  const letter = await until("the refusal left", () => lettersTo(house, "omar@record.example").find((one) => one.includes("cannot grant it")));
  assert.match(letter.replace(/\s+/g, " "), /We are not able to act on this request at present\..*complain/i);
  assert.deepEqual(troubles, []);
});

/** No barriers and nothing too wide, light and dark, wide and narrow; with a picture of each. */
async function looksRight(page, name) {
  const wrong = [];
  for (const width of [1440, 360]) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      wrong.push(...(await findBarriers(page)));
      if (await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)) wrong.push(`${name} is too wide at ${width}`);
      await page.screenshot({ path: path.join(SHOTS, `${name}-${width}-${colorScheme}.png`), fullPage: true });
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
  assert.deepEqual(wrong, []);
}
