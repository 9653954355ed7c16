// Whose account it is: a link that the account's holder opens in a browser of any kind, a decision of staff, and a hold that
// two people end.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { findBarriers, launchBrowser } from "./browser.mjs";
import { act, deskOf, openCase, submitted, summaryLeadsTo, theCase } from "./desk.mjs";
import { PRODUCT, headersOf, mail, startOnPostgres, until } from "./house.mjs";

const HOLDER = "lena@record.example";
const COMPANY = {
  tables: `CREATE TABLE accounts (id TEXT PRIMARY KEY, email TEXT);
    INSERT INTO accounts VALUES ('u-1', '${HOLDER}'), ('u-2', 'omar@record.example')`,
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
[[identity]]
kind = "account"
table = "accounts"
column = "id"
[tables.accounts]
key = ["id"]
erase = "delete"
columns = { id = { category = "account" }, email = { category = "contact" } }
`,
};

let browser;
let house;
before(async () => {
  [browser, house] = await Promise.all([launchBrowser(), startOnPostgres({ company: COMPANY })]);
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

const plain = (letter) => letter.replace(/=\r\n/g, "").replace(/=3D/g, "=");
const lettersTo = (address) => house.outbox().filter((letter) => headersOf(letter).to?.includes(address)).map(plain);
const facts = (page) => page.locator(".facts").innerText();

/** A case of somebody who writes from elsewhere, open on a desk of its own. */
async function desk(who, name, id, options) {
  await house.ingest(mail({ from: `${name} <${id}@elsewhere.example>`, subject: "Privacy Request", id: `${id}@elsewhere.example`, text: "Please delete my account." }));
  const page = await deskOf(browser, house, who, options);
  const reference = await theCase(page, house, name);
  await openCase(page, house, reference);
  return { page, reference };
}

/** Fills in the form behind "Verify" and presses one of its buttons. */
async function verify(page, button, fields) {
  const box = page.locator("details.act").filter({ has: page.locator("summary", { hasText: /^Verify$/ }) });
  if ((await box.getAttribute("open")) === null) await box.locator("summary").click();
  await box.locator('[name="identity"]').selectOption(fields.identity);
  await box.locator('[name="value"]').fill(fields.value);
  if (fields.reason !== undefined) await box.locator('[name="reason"]').fill(fields.reason);
  return submitted(page, () => box.getByRole("button", { name: button }).click());
}

const link = "Send a link to the address on record";
const decide = "Decide that it is them";

async function newLink(known) {
  return until("the link left", () => {
    const links = lettersTo(HOLDER).map((letter) => letter.match(/http:\/\/\S+\/verify\/[a-z2-7]{52}/)?.[0]);
    return links.find((one) => one && !known.includes(one));
  });
}

const known = [];
for (const javaScriptEnabled of [true, false]) {
  test(`the holder confirms by a link and the stranger learns nothing, scripts ${javaScriptEnabled ? "on" : "off"}`, async () => {
    const name = javaScriptEnabled ? "Samuel Script" : "Paula Plain";
    const id = javaScriptEnabled ? "samuel" : "paula";
    const { page, reference } = await desk(house.agent, name, id, { javaScriptEnabled });
    assert.match(await facts(page), /Identity verified[\s\S]*Identity\s+not verified/);
    assert.equal(await page.locator("#verify-value").inputValue(), `${id}@elsewhere.example`);
    assert.equal(await verify(page, link, { identity: "account", value: "u-1" }), 200);
    assert.match(await page.locator(".notice.is-met").innerText(), /A link is on its way to the address on record/);
    assert.match(await facts(page), /Identity\s+asked /);

    const url = await newLink(known);
    known.push(url);
    const told = await until("the stranger was told", () => lettersTo(`${id}@elsewhere.example`).find((letter) => letter.includes("If there is an account")));
    assert.doesNotMatch(told, /\/verify\//);
    await openCase(page, house, reference);
    assert.equal((await page.content()).includes(url.split("/").pop()), false, "staff can read the link");

    for (const method of ["HEAD", "GET", "GET"]) {
      const seen = await fetch(url, { method });
      assert.equal(seen.status, 200, `${method} used it up`);
      assert.equal(seen.headers.get("set-cookie"), null);
      assert.equal(seen.headers.get("cache-control"), "no-store");
      assert.match(seen.headers.get("x-robots-tag"), /noindex/);
      assert.match(seen.headers.get("content-security-policy"), /^default-src 'none'; style-src 'self'/);
    }
    const foreign = await fetch(url, { method: "POST", headers: { "sec-fetch-site": "cross-site", origin: "https://evil.example" } });
    assert.equal(foreign.status, 403, "a form from elsewhere confirms");

    const context = await browser.newContext({ javaScriptEnabled, viewport: { width: 360, height: 800 } });
    const mine = await context.newPage();
    assert.equal((await mine.goto(url)).status(), 200);
    assert.equal(await submitted(mine, () => mine.getByRole("button", { name: "Yes, the request is mine" }).click()), 200);
    assert.equal(await mine.locator("h1").innerText(), "Thank you, it is confirmed");
    assert.equal(new URL(mine.url()).pathname, "/verify/thanks");
    assert.equal((await mine.reload()).status(), 200);
    assert.equal((await mine.goto(url)).status(), 404);
    assert.equal(await mine.locator("h1").innerText(), "This link is no longer valid");
    const bytes = await Promise.all([url, `${house.url}/verify/madeup`].map(async (address) => (await fetch(address)).text()));
    assert.equal(bytes[0], bytes[1], "a used link and one that never was differ");

    await openCase(page, house, reference);
    assert.match(await facts(page), /Verified\s[\s\S]*by the link sent to the address on record\s+Account: u-1/);
    assert.match(await page.locator(".story").innerText(), /Verified by the link sent to the address on record by the account’s holder/);
    assert.equal(house.log().includes(url.split("/").pop()), false, "the token stands in the log");
    await Promise.all([context.close(), page.context().close()]);
  });
}

test("the page behind a link has no barriers, light and dark, wide and narrow", async () => {
  const { page } = await desk(house.agent, "Wide Wanda", "wanda");
  assert.equal(await verify(page, link, { identity: "account", value: "u-1" }), 200);
  const url = await newLink(known);
  known.push(url);
  const context = await browser.newContext();
  const mine = await context.newPage();
  // the checker brings a script of its own, which the page's policy allows no page
  const wrong = [];
  for (const address of [url, `${house.url}/verify/thanks`, `${house.url}/verify/madeup`]) {
    for (const width of [1440, 360]) {
      await mine.setViewportSize({ width, height: 800 });
      await mine.goto(address);
      for (const colorScheme of ["light", "dark"]) {
        await mine.emulateMedia({ colorScheme });
        wrong.push(...(await findBarriers(mine)));
        if (await mine.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)) wrong.push(`${address} is too wide at ${width}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
  await Promise.all([context.close(), page.context().close()]);
});

test("staff read what is wrong with what they typed, and decide with a reason", async () => {
  const { page } = await desk(house.agent, "Dora Decided", "dora", { javaScriptEnabled: true });
  assert.equal(await verify(page, decide, { identity: "account", value: "u-2", reason: "" }), 422);
  await summaryLeadsTo(page, "verify-reason");
  assert.equal(await page.locator("#verify-value").inputValue(), "u-2");
  assert.equal(await verify(page, link, { identity: "account", value: "u-7" }), 200);
  assert.match(await page.locator(".notice.is-met").innerText(), /No account was found/);
  assert.equal(await verify(page, decide, { identity: "account", value: "u-2", reason: "Called back; knows the last order." }), 200);
  assert.match(await facts(page), new RegExp(`by decision of ${house.agent.name}\\s+Account: u-2`));
  await page.context().close();
});

test("a hold is placed by one and released by another", async () => {
  const { page, reference } = await desk(house.agent, "Hedda Held", "hedda");
  const hold = { basis: "dispute", identity: "account", value: "u-1", reason: "She disputes the last bill." };
  assert.equal(await act(page, "More", { ...hold, basis: "" }), 422);
  await summaryLeadsTo(page, "hold-basis");
  assert.equal(await act(page, "More", hold), 200);
  assert.match(await facts(page), /Holds\s+Open dispute since[\s\S]*You placed it, or stand in for who did; a second person can release it/);
  assert.equal(await page.getByRole("button", { name: "Release the hold" }).count(), 0);

  const other = await deskOf(browser, house, house.officer, { javaScriptEnabled: false });
  await openCase(other, house, reference);
  const box = other.locator(".holds li");
  await box.locator("summary").click();
  assert.equal(await submitted(other, () => box.getByRole("button").click()), 422);
  await box.locator("textarea").fill("It is settled.");
  assert.equal(await submitted(other, () => box.getByRole("button").click()), 200);
  assert.doesNotMatch(await facts(other), /Holds/);
  assert.match(await other.locator(".story").innerText(), /Hold released[\s\S]*It is settled\./);
  await Promise.all([page.context().close(), other.context().close()]);
});
