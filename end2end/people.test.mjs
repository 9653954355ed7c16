// People who sign in: enrolling a second factor, giving it, losing it, proving again, ending sessions. A house that asks everybody for one.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";
import { findBarriers, launchBrowser } from "./browser.mjs";
import { signIn, submitted } from "./desk.mjs";
import { startOnPostgres, until } from "./house.mjs";

let house;
let browser;
before(async () => {
  [house, browser] = await Promise.all([startOnPostgres({ factor: "required" }), launchBrowser()]);
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The code of a secret in Base32 for a moment (RFC 6238). */
function totp(secret, at = Date.now()) {
  const bits = [...secret.replaceAll(" ", "")].map((c) => ALPHABET.indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac("sha1", key).update(step).digest();
  const from = mac[19] & 15;
  return String((mac.readUInt32BE(from) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** A code that was not given yet: waits for the next step. */
async function nextCode(secret, last) {
  return until("the next code", () => totp(secret) !== last && totp(secret), 40);
}

const press = (page, name) => submitted(page, () => page.getByRole("button", { name, exact: true }).click());

test("somebody enrols, signs in, loses the authenticator and proves again, with scripts and without", { timeout: 180_000 }, async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${house.url}/queue?view=mine`);
  assert.equal(await signIn(page, house, house.officer), 200);
  assert.match(page.url(), /\/signin\/authenticator\?next=/);
  await page.goto(`${house.url}/overview`);
  assert.match(page.url(), /\/signin\/authenticator/, "nothing else can be done");
  const secret = await page.locator("#secret").innerText();
  assert.ok(await page.getByAltText("The secret as a square").evaluate((image) => image.naturalWidth > 0), "the square is drawn");
  await page.getByLabel("The code that it shows now").fill("000000");
  assert.equal(await press(page, "Set it up"), 422);
  let code = totp(secret);
  await page.getByLabel("The code that it shows now").fill(code);
  assert.equal(await press(page, "Set it up"), 200);
  const codes = await page.locator("#codes code").allInnerTexts();
  assert.equal(codes.length, 10);
  await page.getByRole("link", { name: "I have kept them; go on" }).click();
  await page.goto(`${house.url}/account`);
  assert.match(await page.locator("main").innerText(), /10 recovery codes are left/);

  // a second browser, with scripts: the code counts once, a recovery code once
  const other = await (await browser.newContext()).newPage();
  const violations = [];
  other.on("console", (message) => message.text().includes("Content Security Policy") && violations.push(message.text()));
  assert.equal(await signIn(other, house, house.officer), 200);
  assert.match(other.url(), /\/signin\/second/);
  assert.deepEqual(await findBarriers(other), []);
  await other.getByLabel("Code").fill(code);
  assert.equal(await press(other, "Go on"), 422, "this code was given when it was set up");
  code = await nextCode(secret, code);
  await other.getByLabel("Code").fill(code);
  assert.equal(await press(other, "Go on"), 200);
  await other.goto(`${house.url}/account`);
  assert.deepEqual(await findBarriers(other), []);
  assert.equal(await other.locator("#sessions li").count(), 2);
  await press(other, "End all others");
  assert.equal(await other.locator("#sessions li").count(), 1);
  await page.goto(`${house.url}/account`);
  assert.match(page.url(), /\/signin\?next=/, "the first session has ended");
  assert.equal(await signIn(page, house, house.officer), 200);
  await page.getByLabel("Code").fill(codes[0]);
  assert.equal(await press(page, "Go on"), 200);
  await page.goto(`${house.url}/account/authenticator`);
  assert.ok(await page.locator("#secret").isVisible());
  assert.deepEqual(violations, []);
});

test("a forgotten password is set by a link that a scanner cannot use up", async () => {
  const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await page.goto(`${house.url}/signin`);
  await page.getByRole("link", { name: "You forgot your password?" }).click();
  await page.getByLabel("Email address").fill(house.agent.email);
  assert.equal(await press(page, "Send the link"), 200);
  const letter = await until("the mail", () => house.outbox().find((mail) => mail.includes("/password/")));
  const [link] = letter.replace(/=\r?\n/g, "").match(/http:\/\/[^\s"<]+\/password\/[\w-]+/);
  for (let scans = 0; scans < 3; scans++) assert.equal((await fetch(link)).status, 200);
  await page.goto(link);
  await page.getByLabel("Password").fill("quartz meadow 71 tin lantern");
  assert.equal(await press(page, "Set it"), 200);
  assert.equal((await fetch(link)).status, 404);
  assert.equal(await signIn(page, house, house.agent, "quartz meadow 71 tin lantern"), 200);
  assert.match(page.url(), /\/signin\/authenticator/);
});
