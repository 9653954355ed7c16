// The islands: what runs in the browser makes pages quicker. And the same work without it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchBrowser } from "./browser.mjs";
import { deskOf, found, openCase, submitted } from "./desk.mjs";
import { startDemo, until } from "./house.mjs";
import { watch } from "./watch.mjs";

let browser;
let house;
let page;
let troubles;
before(async () => {
  [browser, house] = await Promise.all([launchBrowser(), startDemo()]);
  page = await deskOf(browser, house, house.officer);
  troubles = watch(page);
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

/** The queue, or a view of it, once its islands are awake. */
async function queue(path = "/queue") {
  await page.goto(house.url + path);
  await page.locator("thead .tick").waitFor();
  await page.locator(".pager .keys").waitFor({ state: "attached" });
}

const rowLinks = () => page.locator("form.queue .rows th a");
const boxes = () => page.locator('form.queue input[name="case"]');
const focused = () => page.evaluate(() => document.activeElement.closest("tr")?.querySelector(".ref")?.textContent);

test("clocks go on by themselves, in the list and on a case", async (t) => {
  const context = page.context();
  const own = await context.newPage();
  t.after(() => own.close());
  await own.clock.install();
  await own.goto(`${house.url}/queue`);
  await own.locator("thead .tick").waitFor();
  // a clock that stands still does not go on
  const all = own.locator("form.queue .clock .say").filter({ hasNotText: "stands still" });
  const before = await all.allInnerTexts();
  await own.clock.runFor(2 * 3600 * 1000);
  const later = await until("the clocks of the list moved", async () => {
    const now = await all.allInnerTexts();
    return now.every((text, at) => text !== before[at]) && now;
  });
  assert.equal(minutes(later[0]) - minutes(before[0]), 120, `${before[0]} became ${later[0]}`);

  await own.goto(`${house.url}${await own.locator("form.queue .rows th a").first().getAttribute("href")}`);
  const sentence = own.locator(".lead .say");
  const [was, title] = [await sentence.innerText(), await own.title()];
  const is = await until("the clock of the case moved", async () => {
    await own.clock.runFor(3600 * 1000);
    const now = await sentence.innerText();
    return now !== was && now;
  });
  assert.ok(minutes(is) - minutes(was) >= 60, `${was} became ${is}`);
  assert.equal(await own.title(), title);
});

/** Minutes in "Breached: overdue by 5 d 2 h", as far as its two units tell. */
function minutes(text) {
  const units = { d: 1440, h: 60, min: 1 };
  return [...text.matchAll(/(\d+) (d|h|min)\b/g)].reduce((sum, [, count, unit]) => sum + count * units[unit], 0);
}

test("picked cases are counted aloud; all at once, a stretch, and none", async () => {
  await queue();
  const status = page.locator('thead [role="status"]');
  const bar = page.locator(".batch");
  const total = await boxes().count();
  assert.ok(total > 10);
  await boxes().nth(1).check();
  await expectText(status, "1 selected");
  await boxes().nth(4).click({ modifiers: ["Shift"] });
  await expectText(status, "4 selected");
  assert.ok(await bar.isVisible());
  const every = page.getByLabel("Select all on this page");
  await every.check();
  await expectText(status, `${total} selected`);
  await boxes().nth(0).uncheck();
  await expectText(status, `${total - 1} selected`);
  assert.equal(await every.isChecked(), false);
  await page.getByRole("button", { name: "Clear" }).click();
  await expectText(status, "");
  assert.equal(await boxes().nth(3).isChecked(), false);
});

const expectText = (locator, text) => until(`it says "${text}"`, async () => (await locator.innerText()).trim() === text, 5);

test("the keys of the queue move, open, pick, assign, reply, search and explain themselves", async () => {
  await queue();
  const references = await page.locator("form.queue .rows td.ref").allInnerTexts();
  await page.keyboard.press("j");
  assert.equal(await focused(), references[0]);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  assert.equal(await focused(), references[2]);
  await page.keyboard.press("k");
  assert.equal(await focused(), references[1]);
  await page.keyboard.press("x");
  assert.equal(await boxes().nth(1).isChecked(), true);
  await page.keyboard.press("a");
  assert.equal(await page.evaluate(() => document.activeElement.id), "to");

  await queue();
  await page.keyboard.press("?");
  const list = page.locator("#keys");
  assert.ok(await list.isVisible());
  assert.match(await list.innerText(), /j next case[\s\S]*Enter open the case[\s\S]*\/ search this list/);
  await page.keyboard.press("Escape");
  assert.equal(await list.isVisible(), false);

  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "q");
  await page.keyboard.type("jk?x");
  assert.equal(await page.locator("#q").inputValue(), "jk?x", "keys work while somebody types");

  await queue();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/cases/${references[0]}`);

  await queue();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("r");
  await page.waitForURL(`**/cases/${references[1]}#text`);
  await until("the reply box has the focus", () => page.evaluate(() => document.activeElement.id === "text"), 5);
});

test("a draft survives a closed page and ends with what was sent", async () => {
  const reference = await ordinary();
  await openCase(page, house, reference);
  const text = "Dear you,\n\n<b>half</b> a thought & more";
  await draft(text);
  const other = await page.context().newPage();
  await openCase(other, house, reference);
  assert.equal(await other.locator("#text").inputValue(), text);
  assert.equal((await other.locator('.reply [role="status"]').innerText()).trim(), "Draft kept");
  await other.getByRole("radio", { name: "Internal note" }).check();
  assert.equal(await submitted(other, () => other.getByRole("button", { name: "Add note" }).click()), 200);
  assert.equal(await other.locator("#text").inputValue(), "");
  await other.reload();
  assert.equal(await other.locator("#text").inputValue(), "", "the draft outlives what was sent");
  await other.close();
});

/** Writes into the reply box until the house has kept it and the page says so; what is typed before the islands wake is not heard. */
async function draft(text) {
  const whole = new URLSearchParams({ text }).toString();
  await until("the house keeps the draft", async () => {
    const keeps = page.waitForRequest((request) => request.url().endsWith("/api/keep_draft") && request.postData().endsWith(whole), { timeout: 4000 });
    const asked = keeps.catch(() => null);
    await page.locator("#text").fill("");
    await page.locator("#text").pressSequentially(text.slice(0, 4));
    await page.locator("#text").fill(text);
    return (await (await asked)?.response())?.ok();
  });
  await until("the page says so", async () => /^Draft kept \d\d:\d\d$/.test(await page.locator('.reply [role="status"]').innerText()), 10);
}

/** An open ordinary case of the demo. */
async function ordinary() {
  await page.goto(`${house.url}/queue?kind=erasure`);
  return page.locator("form.queue .rows td.ref").first().innerText();
}

test("a draft is nobody else's", async (t) => {
  const reference = await ordinary();
  await openCase(page, house, reference);
  await draft("only mine to read");
  const agent = await deskOf(browser, house, house.agent);
  t.after(() => agent.context().close());
  await openCase(agent, house, reference);
  assert.equal((await agent.content()).includes("only mine to read"), false);
});

for (const javaScriptEnabled of [true, false]) {
  test(`several cases are assigned at once ${javaScriptEnabled ? "with" : "without"} JavaScript`, async (t) => {
    const own = await deskOf(browser, house, house.officer, { javaScriptEnabled });
    t.after(() => own.context().close());
    await own.goto(`${house.url}/queue?view=nobody`);
    const references = (await own.locator("form.queue .rows td.ref").allInnerTexts()).slice(0, 2);
    assert.equal(references.length, 2);
    const assign = () => submitted(own, () => own.getByRole("button", { name: "Assign cases" }).click());
    for (const reference of references) await own.locator(`input[value="${reference}"]`).check();
    assert.equal(await assign(), 422);
    assert.match(await own.locator(".error-box").innerText(), /Choose whom to assign the cases to/);
    for (const reference of references) assert.ok(await own.locator(`input[value="${reference}"]`).isChecked(), "the picked cases are forgotten");
    await own.locator("#to").selectOption({ label: house.officer.name });
    assert.equal(await assign(), 200);
    assert.match(await own.locator(".notice").innerText(), /2 cases assigned\./);
    assert.match(own.url(), /view=nobody/);
    for (const reference of references) {
      await openCase(own, house, reference);
      assert.match(await own.locator(".byline").innerText(), new RegExp(`Owner ${house.officer.name}`));
    }
  });
}

test("nothing went wrong in the browser meanwhile", async () => {
  await found(page, house, "nobody of this name");
  assert.match(await page.locator(".blank").innerText(), /No case matches/);
  assert.deepEqual(troubles, []);
});
