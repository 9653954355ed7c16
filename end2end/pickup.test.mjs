// People without any address: staff hand over a code and a PIN, and the person reads letters and writes on the page of their
// case, with scripts and without, on a telephone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { findBarriers, launchBrowser } from "./browser.mjs";
import { act, deskOf, openCase, submitted, summaryLeadsTo, write } from "./desk.mjs";
import { startDemo } from "./house.mjs";

let browser;
let house;
before(async () => {
  [browser, house] = await Promise.all([launchBrowser(), startDemo()]);
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

/** Opens a case by hand; what there is to hand over. */
async function takesDown(page, text) {
  await page.goto(`${house.url}/cases/new`);
  for (const [name, value] of Object.entries({ product: "imgus", kind: "erasure", channel: "phone" })) await page.locator(`[name="${name}"]`).selectOption(value);
  await page.locator("#received").fill("2026-11-20T09:30");
  await page.locator("#text").fill(text);
  assert.equal(await submitted(page, () => page.getByRole("button", { name: "Open case" }).click()), 200);
  assert.equal(await page.locator("h1").innerText(), "Hand this to the person");
  const [code, pin, place] = await Promise.all(["#case-code", "#case-pin", "#case-place"].map((id) => page.locator(id).innerText()));
  const reference = (await page.locator("a.crumb").innerText()).match(/R-\d+/)[0];
  return { code: code.replace(/\s/g, ""), pin, place, reference };
}

async function opens(page, { code, pin }) {
  await page.goto(`${house.url}/case`);
  await page.locator("#code").fill(code);
  await page.locator("#pin").fill(pin);
  return submitted(page, () => page.getByRole("button", { name: "Open", exact: true }).click());
}

/** What is wrong with a page as it stands, light and dark. */
async function wrongWith(page) {
  const wrong = [];
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    wrong.push(...(await findBarriers(page)));
    if (await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)) wrong.push(`${page.url()} is too wide`);
  }
  return wrong;
}

for (const javaScriptEnabled of [true, false]) {
  test(`a person without an address is answered, scripts ${javaScriptEnabled ? "on" : "off"}`, async () => {
    const desk = await deskOf(browser, house, house.officer, { javaScriptEnabled });
    const given = await takesDown(desk, "Please delete what my telephone made: igus-20d8-5e6b-b7a1.");
    assert.match(given.code, /^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$/);
    assert.match(given.pin, /^\d{6}$/);
    assert.ok(given.place.endsWith("/case"), given.place);
    await openCase(desk, house, given.reference);
    const story = await desk.locator(".story").innerText();
    assert.match(story, /Acknowledgement: kept for the person to read on the page of the case/);
    for (const secret of [given.code, given.pin]) assert.equal((await desk.content()).includes(secret), false, "it is shown twice");

    const context = await browser.newContext({ javaScriptEnabled, viewport: { width: 360, height: 800 } });
    const mine = await context.newPage();
    assert.equal(await opens(mine, { ...given, pin: "000000" }), 422);
    if (javaScriptEnabled) await summaryLeadsTo(mine, "code");
    assert.match(await mine.locator(".error-box").innerText(), /open nothing together/);
    const typed = given.code.toLowerCase().replace("-", " ");
    assert.equal(await opens(mine, { code: typed, pin: given.pin }), 200);
    assert.match(await mine.locator("main").innerText(), new RegExp(`${given.reference}[\\s\\S]*We have it`));
    assert.equal(await mine.locator("article.kept").count(), 1);
    assert.deepEqual(await context.cookies(), [], "nothing is kept in the browser");

    assert.equal(await submitted(mine, () => mine.getByRole("button", { name: "Send" }).click()), 422);
    await mine.locator("#text").fill("It is <b>my</b> telephone.\nReally.");
    assert.equal(await submitted(mine, () => mine.getByRole("button", { name: "Send" }).click()), 200);
    assert.match(await mine.locator("article.theirs .words").innerText(), /It is <b>my<\/b> telephone\.\nReally\./);

    await openCase(desk, house, given.reference);
    assert.match(await desk.locator(".story").innerText(), /on the page of the case[\s\S]*It is <b>my<\/b> telephone/);
    assert.equal(await write(desk, /^Reply, kept for the person/, "Thank you. We begin today.", "Send"), 200);
    assert.equal(await opens(mine, given), 200);
    assert.match(await mine.locator("article.kept").last().innerText(), /We begin today/);

    assert.equal(await act(desk, "New PIN"), 200);
    assert.equal(await desk.locator("h1").innerText(), "Hand this to the person");
    assert.equal(await desk.locator("#case-code").count(), 0);
    const pin = await desk.locator("#case-pin").innerText();
    assert.equal(await opens(mine, given), 422, "the old PIN still opens it");
    assert.equal(await opens(mine, { ...given, pin }), 200);
    const log = house.log().split(/Delete .* to begin again/).at(-1);
    for (const secret of [given.code, given.pin, pin]) assert.equal(log.includes(secret), false, "it stands in the log");
    await Promise.all([context.close(), desk.context().close()]);
  });
}

test("what the demo prints opens the page of its case", async () => {
  const [, code, pin] = house.log().match(/Delete what this device made\s+(\S+)\s+PIN (\d{6})/);
  const page = await (await browser.newContext()).newPage();
  assert.equal(await opens(page, { code, pin }), 200);
  assert.match(await page.locator("main").innerText(), /imgus, number R-\d+/);
  await page.context().close();
});

test("the pages have no barriers, light and dark, wide and narrow", async () => {
  const desk = await deskOf(browser, house, house.officer);
  const given = await takesDown(desk, "Please delete what my tablet made.");
  const context = await browser.newContext();
  const mine = await context.newPage();
  const wrong = await wrongWith(desk);
  for (const width of [1440, 360]) {
    await Promise.all([mine, desk].map((page) => page.setViewportSize({ width, height: 800 })));
    await mine.goto(`${house.url}/case`);
    wrong.push(...(await wrongWith(mine)));
    assert.equal(await opens(mine, { code: "ZZZZ-ZZZZ", pin: "1" }), 422);
    wrong.push(...(await wrongWith(mine)));
    assert.equal(await opens(mine, given), 200);
    wrong.push(...(await wrongWith(mine)));
    wrong.push(...(await wrongWith(desk)));
  }
  await openCase(desk, house, given.reference);
  wrong.push(...(await wrongWith(desk)));
  assert.deepEqual(wrong, []);
  await Promise.all([context.close(), desk.context().close()]);
});
