// What a member of staff does in the browser, in a line each: sign in, find a case, press a button, read what came of it.
import assert from "node:assert/strict";
import { mail, until } from "./house.mjs";

/** The answer of the page that a press or a form leads to, redirects followed. */
export async function submitted(page, press) {
  const arrives = page.waitForResponse((response) => response.request().isNavigationRequest() && response.status() !== 303);
  await press();
  const response = await arrives;
  await page.waitForLoadState("domcontentloaded");
  return response.status();
}

/** Signs in; returns the status of the page that stands there afterwards. */
export async function signIn(page, house, person, password = person.password) {
  if (!page.url().includes("/signin")) await page.goto(`${house.url}/signin`);
  await page.getByLabel("Email address").fill(person.email);
  await page.getByLabel("Password").fill(password);
  return submitted(page, () => page.getByRole("button", { name: "Sign in" }).click());
}

/** A page of a new browser window in which `person` is signed in. */
export async function deskOf(browser, house, person, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  assert.equal(await signIn(page, house, person), 200);
  return page;
}

/** References of the cases that a search of the open cases, or of another view, finds; in the list's order. */
export async function found(page, house, words, view = "open") {
  await page.goto(`${house.url}/queue?view=${view}&q=${encodeURIComponent(words)}`);
  return page.locator("form.queue .rows td.ref").allInnerTexts();
}

/** The one case that a search finds, as soon as the mail was read. */
export async function theCase(page, house, words, view = "open") {
  const references = await until(`the queue shows a case for ${words}`, async () => {
    const now = await found(page, house, words, view);
    return now.length > 0 && now;
  });
  assert.equal(references.length, 1, `cases for ${words}: ${references}`);
  return references[0];
}

export async function openCase(page, house, reference) {
  await page.goto(`${house.url}/cases/${reference}`);
}

/** Reloads the case until its page holds `words`. */
export async function caseSays(page, house, reference, words) {
  await until(`${reference} says ${words}`, async () => {
    await openCase(page, house, reference);
    return (await page.locator("main").innerText()).includes(words);
  });
}

/** The state in the head of the case that stands open. */
export function stateOf(page) {
  return page.locator(".byline .tag").innerText().then((text) => text.trim());
}

/** Opens one of the forms in the head of a case and fills it in: selects by value, texts by value. */
export async function act(page, label, fields = {}) {
  const box = await sheet(page, label);
  for (const [name, value] of Object.entries(fields)) {
    const field = box.locator(`[name="${name}"]`);
    const isSelect = await field.evaluate((element) => element.localName === "select");
    await (isSelect ? field.selectOption(value) : field.fill(value));
  }
  return submitted(page, () => box.getByRole("button").click());
}

/** Writes into the box at the end of the timeline and presses one of its buttons. */
export async function write(page, kind, text, button) {
  await page.getByRole("radio", { name: kind }).check();
  await page.locator("#text").fill(text);
  return submitted(page, () => page.getByRole("button", { name: button, exact: true }).click());
}

/** The words of the box on top of a form, after checking that its first link leads to the field `id` and into it. */
export async function summaryLeadsTo(page, id) {
  const box = page.locator(".error-box");
  assert.ok(await box.isVisible(), "no summary stands on the page");
  // the browser moves the focus once it has drawn the page
  await until("the summary has the focus", () => page.evaluate(() => document.activeElement?.className === "error-box"), 10);
  assert.match(await page.title(), /^Error: /);
  const says = await box.innerText();
  await box.locator(`a[href="#${id}"]`).first().click();
  assert.equal(await page.evaluate(() => document.activeElement?.id), id, `the summary's link does not lead into #${id}`);
  const field = page.locator(`[id="${id}"]`);
  assert.equal(await field.getAttribute("aria-invalid"), "true");
  const described = (await field.getAttribute("aria-describedby")) ?? "";
  assert.ok(described.split(" ").includes(`${id}-error`), `#${id} is described by ${described}`);
  return says;
}

/** A form in the head of the case that stands open, unfolded. */
export async function sheet(page, label) {
  const box = page.locator("details.act").filter({ has: page.locator("summary", { hasText: new RegExp(`^${label}$`) }) });
  if ((await box.getAttribute("open")) === null) await box.locator(":scope > summary").click();
  return box.locator("form");
}

/** A new case by mail whose person staff verified, as whoever has the address `who` on record. */
export async function verified(house, agent, { name, subject, text, kind, who }) {
  await house.ingest(mail({ from: `${name} <${name.toLowerCase()}@elsewhere.example>`, subject, id: `${name.toLowerCase()}@elsewhere.example`, text }));
  const reference = await theCase(agent, house, name);
  await openCase(agent, house, reference);
  if (kind) assert.equal(await act(agent, "Classify", { to: kind, reason: "as they write" }), 200);
  const form = await sheet(agent, "Verify");
  await form.locator('[name="identity"]').selectOption("email");
  await form.locator('[name="value"]').fill(who);
  await form.locator('[name="reason"]').fill("called back on the number we know");
  assert.equal(await submitted(agent, () => form.getByRole("button", { name: "Decide that it is them" }).click()), 200);
  return reference;
}
