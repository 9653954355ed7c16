// What happens to a request for a copy, in a line each: it arrives, the person confirms it, the copy is made, another member of
// staff lets it go, the person fetches it. With a small company to copy from.
import assert from "node:assert/strict";
import path from "node:path";
import { openCase, submitted } from "./desk.mjs";
import { PRODUCT, headersOf, mail, until } from "./house.mjs";

export const LENA = { name: "Lena Hoffmann", address: "lena.hoffmann@mail.example" };
const PICTURE = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==", "base64");
const OWN = 12;

/** Somebody's rows and files among those of others. */
export const COMPANY = {
  tables: `CREATE TABLE accounts (id TEXT PRIMARY KEY, email TEXT, password_hash TEXT);
    CREATE TABLE images (id BIGINT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts (id), object_key TEXT NOT NULL);
    CREATE TABLE notes (id BIGINT PRIMARY KEY, account_id TEXT REFERENCES accounts (id), body TEXT NOT NULL);
    INSERT INTO accounts VALUES ('u-1', '${LENA.address}', 'secret'), ('u-2', 'omar@record.example', 'secret');
    INSERT INTO images SELECT n, 'u-1', 'own/' || n || '.png' FROM generate_series(1, ${OWN}) n;
    INSERT INTO images VALUES (9001, 'u-2', 'others/9001.png');
    INSERT INTO notes SELECT n, 'u-1', 'Note ' || n || ', with <b>no</b> markup' FROM generate_series(1, 2500) n;
    INSERT INTO notes VALUES (9001, 'u-2', 'Somebody else''s.')`,
  files: Object.fromEntries([...Array.from({ length: OWN }, (_, n) => `own/${n + 1}.png`), "others/9001.png"].map((name) => [name, PICTURE])),
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
title = "Your account"
key = ["id"]
erase = "delete"
[tables.accounts.columns]
id = { category = "account" }
email = { category = "contact" }
password_hash = { category = "account", leave_out = "Whoever has it could guess your password." }
[tables.images]
title = "Pictures"
key = ["id"]
erase = "delete"
owner = [{ to = "accounts", on = { account_id = "id" } }]
columns = { id = { category = "content" }, account_id = { category = "account" }, object_key = { category = "content", file = true } }
[tables.notes]
title = "Notes"
key = ["id"]
erase = "delete"
owner = [{ to = "accounts", on = { account_id = "id" } }]
columns = { id = { category = "content" }, account_id = { category = "account" }, body = { category = "content" } }
`,
};

/** A letter's words as they are read, whatever its transfer encoding. */
const plain = (letter) => letter.replace(/=\r?\n/g, "").replace(/(=[0-9A-F]{2})+/g, (bytes) => Buffer.from(bytes.replaceAll("=", ""), "hex").toString());
export const lettersTo = (house, address) => house.outbox().filter((letter) => headersOf(letter).to?.includes(address)).map(plain);

/** The links below `place` that went to `address`. */
export function linksTo(house, address, place) {
  const link = new RegExp(`http://[^\\s"<>]+/${place}/[a-z2-7]{52}`);
  return lettersTo(house, address).flatMap((letter) => letter.match(link)?.[0] ?? []);
}

/** The mail comes in; the case's reference. */
export async function arrives(house, agent, { text = "Please send me a copy of all personal data you hold about me.", who = LENA } = {}) {
  await house.ingest(mail({ from: `${who.name} <${who.address}>`, subject: "Privacy Request", id: `${Date.now()}@mail.example`, text }));
  return until("the case is there", async () => {
    await agent.goto(`${house.url}/queue?q=${encodeURIComponent(who.name)}`);
    // the demo knows some from earlier requests
    for (const reference of await agent.locator("form.queue .rows td.ref").allInnerTexts()) {
      await openCase(agent, house, reference);
      if ((await agent.locator(".story").innerText()).includes(text)) return reference;
    }
    return undefined;
  });
}

/** Staff ask for a confirmation; the link that went out. */
export async function isAsked(house, agent, reference, who = LENA) {
  await openCase(agent, house, reference);
  const known = linksTo(house, who.address, "verify");
  const box = agent.locator("details.act").filter({ has: agent.locator("summary", { hasText: /^Verify$/ }) });
  await box.locator("summary").click();
  assert.equal(await submitted(agent, () => box.getByRole("button", { name: /Send a link/ }).click()), 200);
  return until("the link left", () => linksTo(house, who.address, "verify").find((link) => !known.includes(link)));
}

/** The person presses the button of the link; the code that is shown. */
export async function confirms(person, link) {
  assert.equal((await person.goto(link)).status(), 200);
  assert.equal(await submitted(person, () => person.getByRole("button", { name: /^(Yes, the request is mine|Show me the new code)$/ }).click()), 200);
  const code = await person.locator("#code").innerText();
  assert.match(code, /^[A-Z2-7]{5}(-[A-Z2-7]{5}){3}$/);
  return code;
}

/** Staff have the copy made; the run's address, once it is packed. */
export async function isPacked(house, agent, reference) {
  await openCase(agent, house, reference);
  // where the law of the day is content with a summary, staff give all the same everything
  const everything = agent.getByLabel("with all records");
  if (await everything.count()) await everything.check();
  assert.equal(await submitted(agent, () => agent.getByRole("button", { name: /^Make the (copy|summary)$/ }).click()), 200);
  const run = new URL(agent.url()).pathname;
  assert.match(run, /^\/runs\/E-\d+$/);
  await until("the copy is packed", async () => {
    await agent.goto(house.url + run);
    return (await agent.locator(".byline").innerText()).includes("Packed, waits for review");
  });
  return run;
}

/** Somebody else lets it go; the link in the mail. */
export async function isReleased(house, second, run, who = LENA) {
  await second.goto(house.url + run);
  assert.equal(await submitted(second, () => second.getByRole("button", { name: "Release to the person" }).click()), 200);
  assert.match(await second.locator(".byline").innerText(), /Released/);
  return until("the link left", () => linksTo(house, who.address, "copy").at(-1));
}

/** Types the code and presses; the download, saved in `folder`. */
export async function fetches(person, link, code, button, folder) {
  await person.goto(link);
  await person.locator("#code").fill(code);
  return downloaded(person, () => person.getByRole("button", { name: button, exact: true }).click(), folder);
}

/** What is downloaded after `press`: its address, its name, where it was saved. */
export async function downloaded(person, press, folder) {
  const begins = person.waitForEvent("download", { timeout: 30_000 });
  await press();
  const download = await begins;
  const file = path.join(folder, `${Date.now()}-${download.suggestedFilename()}`);
  await download.saveAs(file);
  return { url: download.url(), name: download.suggestedFilename(), file };
}
