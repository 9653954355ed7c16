// The reply box through the browser, with scripts and without: a letter is begun in front of what was typed, its gap is
// refused by name, what it asks for happens when it leaves; the language stands beside the requester. No barriers in
// either theme, nothing wider than a telephone.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { findBarriers, launchBrowser } from "./browser.mjs";
import { deskOf, openCase, stateOf, submitted, theCase } from "./desk.mjs";
import { mail, startDemo, until } from "./house.mjs";
import { watch } from "./watch.mjs";

const SHOTS = path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "shots");
const SIZES = [
  { width: 1440, height: 900 },
  { width: 360, height: 800 },
];

let browser;
let house;
before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  [browser, house] = await Promise.all([launchBrowser(), startDemo()]);
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

async function arrives(page, name, id, text) {
  await house.ingest(mail({ from: `${name} <${id}@post.example>`, subject: "Complaint", id: `${id}@post.example`, text }));
  const reference = await theCase(page, house, name);
  await openCase(page, house, reference);
  return reference;
}

/** Chooses a letter in the reply box and has its words put in. */
async function begins(page, letter, fields = {}) {
  const box = page.locator("#reply details.begin");
  if ((await box.getAttribute("open")) === null) await box.locator("summary").click();
  await box.getByLabel("Letter", { exact: true }).selectOption(letter);
  for (const [name, value] of Object.entries(fields)) await box.locator(`[name="${name}"]`).fill(value);
  return submitted(page, () => box.getByRole("button", { name: "Insert" }).click());
}

const words = (page) => page.locator("#text").inputValue();
const sends = (page) => submitted(page, () => page.locator("#reply").getByRole("button", { name: "Send", exact: true }).click());

for (const javaScriptEnabled of [true, false]) {
  test(`letters are begun, changed and sent ${javaScriptEnabled ? "with" : "without"} scripts`, { timeout: 120_000 }, async () => {
    const page = await deskOf(browser, house, house.officer, { javaScriptEnabled });
    const troubles = watch(page, { javaScriptEnabled });
    const name = javaScriptEnabled ? "Petra Lang" : "Paula Kurz";
    const id = javaScriptEnabled ? "petra" : "paula";
    await arrives(page, name, id, "I want to complain about how my last request was handled. Nobody answered me at all.");

    // what was typed before stays below
    await page.locator("#text").fill("With my own words.");
    assert.equal(await begins(page, "clarification"), 200);
    assert.match(await words(page), new RegExp(`^Dear ${name},[\\s\\S]*\\[\\[your question\\]\\][\\s\\S]*With my own words\\.$`));
    assert.match(await page.locator("#reply").innerText(), /Subject: Re: Complaint \[R-\d+\]/);

    // a gap is refused by its name, and nothing leaves
    assert.equal(await sends(page), 422);
    assert.match(await page.locator(".error-box").innerText(), /\[\[your question\]\]/);
    for (const size of SIZES) {
      await page.setViewportSize(size);
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: path.join(SHOTS, `letters-${javaScriptEnabled}-${size.width}-${colorScheme}.png`), fullPage: true });
        if (javaScriptEnabled) assert.deepEqual(await findBarriers(page), []);
      }
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= size.width, `the page is ${width} wide at ${size.width}`);
    }
    await page.setViewportSize(SIZES[0]);
    const text = (await words(page)).replace("[[your question]]", "Which request of yours do you mean?");
    await page.locator("#text").fill(text);
    assert.equal(await sends(page), 200);
    assert.equal(await stateOf(page), "Waiting for the person");
    await until("the letter left", () => house.outbox().some((letter) => letter.includes("Which request of yours")));

    // a refusal says why and where to complain, and ends the case
    assert.equal(await begins(page, "refusal"), 200);
    assert.equal(await sends(page), 422);
    assert.match(await page.locator("#begin-reason-error").innerText(), /The letter needs the reason/);
    await page.locator("#begin-reason").fill(`It was answered on 3 November to ${name}.`);
    assert.match(await page.locator("#reply").innerText(), /Sending it resolves the case as refused\./);
    assert.equal(await sends(page), 200);
    assert.match(await stateOf(page), /^Resolved, refused/);
    await until("the refusal left", () => house.outbox().some((letter) => letter.includes(`3 November to ${name}`)));

    // the language stands beside the requester
    const aside = page.locator('section[aria-labelledby="h-requester"]');
    assert.match(await aside.innerText(), /Writes\s+not known; answered in English/i);
    await aside.locator("summary", { hasText: "Change their language" }).click();
    await aside.getByLabel("Which language does the person write?").selectOption("fr");
    assert.equal(await submitted(page, () => aside.getByRole("button", { name: "Save the language" }).click()), 200);
    assert.match(await aside.innerText(), /Français \(French\); not switched on, answered in English/);
    assert.deepEqual(troubles, []);
    await page.context().close();
  });
}
