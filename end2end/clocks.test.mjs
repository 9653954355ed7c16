// A case's clocks through the browser, with scripts and without: where the person lives, pause and resume, extend, what
// happened; and the pages that explain the policies. No barriers in either theme, nothing wider than a telephone.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { findBarriers, launchBrowser } from "./browser.mjs";
import { deskOf, openCase, submitted, summaryLeadsTo, theCase } from "./desk.mjs";
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

/** One of the forms that open in their place, by the words one presses; its fields filled in. */
async function opened(page, words, fields = {}) {
  const box = page.locator("aside details").filter({ has: page.locator(":scope > summary", { hasText: words }) });
  if ((await box.getAttribute("open")) === null) await box.locator(":scope > summary").click();
  for (const [name, value] of Object.entries(fields)) {
    const field = box.locator(`[name="${name}"]`);
    const isSelect = await field.evaluate((element) => element.localName === "select");
    await (isSelect ? field.selectOption(value) : field.fill(value));
  }
  return box;
}

async function does(page, words, fields = {}) {
  const box = await opened(page, words, fields);
  return submitted(page, () => box.locator("form > .acts button").click());
}

const clocks = (page) => page.locator('section[aria-labelledby="clocks"]').innerText();
const timeline = (page) => page.locator(".story").innerText();

async function arrives(page, name, id) {
  const text = "Please delete my account and every picture that was made with it.";
  await house.ingest(mail({ from: `${name} <${id}@post.example>`, subject: "Privacy Request", id: `${id}@post.example`, text }));
  const reference = await theCase(page, house, name);
  await openCase(page, house, reference);
  return reference;
}

for (const javaScriptEnabled of [true, false]) {
  test(`clocks move by hand ${javaScriptEnabled ? "with" : "without"} scripts`, { timeout: 120_000 }, async () => {
    const page = await deskOf(browser, house, house.officer, { javaScriptEnabled });
    const troubles = watch(page, { javaScriptEnabled });
    const name = javaScriptEnabled ? "Greta Vogt" : "Karin Lindqvist";
    const reference = await arrives(page, name, javaScriptEnabled ? "greta" : "karin");

    // the law of the place
    assert.equal(await does(page, "Change where they live", { place: "" }), 422);
    if (javaScriptEnabled) await summaryLeadsTo(page, "place-place");
    assert.equal(await does(page, "Change where they live", { place: "DE" }), 200);
    assert.match(await clocks(page), /Law 1 month[\s\S]*GDPR Art\. 12\(3\)/);
    assert.match(await timeline(page), /Lives in Germany/);
    assert.doesNotMatch(await timeline(page), /Lives in DE/);

    // the question stops the law, not the promise
    assert.equal(await does(page, "We asked who they are", { at: "2031-01-01T10:00" }), 422);
    assert.match(await page.locator(".error-box").innerText(), /not in the future/);
    const field = page.locator("#pause-at-identity_asked");
    assert.equal(await field.inputValue(), "2031-01-01T10:00", "what was typed stays");
    await openCase(page, house, reference);
    assert.equal(await does(page, "We asked who they are", { note: "by mail" }), 200);
    assert.match(await clocks(page), /Stands still since .*left when the answer comes/);
    assert.match(await clocks(page), /Does not bind meanwhile: the promise runs on/);
    await page.screenshot({ path: path.join(SHOTS, `clocks-paused-${javaScriptEnabled}.png`), fullPage: true });
    assert.equal(await does(page, "We know who they are"), 200);
    assert.doesNotMatch(await clocks(page), /Stands still/);

    // both ends stand there before anything is sent
    const form = await opened(page, "Extend: it takes longer", { reasons: " " });
    const ends = await form.locator(".pairs").innerText();
    assert.match(ends, /Ends now\s+\d+ \w+ \d{4}, 23:59 CET?[\s\S]*Would end\s+\d+ \w+ \d{4}, 23:59/);
    assert.equal(await does(page, "Extend: it takes longer", { reasons: " " }), 422);
    await openCase(page, house, reference);
    assert.equal(await does(page, "Extend: it takes longer", { reasons: `Many pictures of ${name}.` }), 200);
    assert.match(await clocks(page), /Extended from .* the person was told/);
    assert.match(await clocks(page), /already that it takes longer; that is possible once/);
    await until("the letter left", () => house.outbox().some((letter) => letter.includes(`Many pictures of ${name}.`)));

    // what happened elsewhere
    await until("the acknowledgement can come back", async () => {
      await openCase(page, house, reference);
      return (await page.locator("#fact-fact option").allTextContents()).includes("The acknowledgement came back");
    });
    assert.equal(await does(page, "Write down what happened", { fact: "" }), 422);
    assert.equal(await does(page, "Write down what happened", { fact: "acknowledgement_bounced", note: "mailbox full" }), 200);
    assert.match(await timeline(page), /The acknowledgement came back[\s\S]*mailbox full/);
    assert.deepEqual(troubles, []);
    await page.context().close();
  });
}

test("who comes second reads what others did first", async () => {
  const page = await deskOf(browser, house, house.officer);
  const reference = await arrives(page, "Olga Petersen", "olga");
  await does(page, "Change where they live", { place: "DE" });
  const other = await deskOf(browser, house, house.agent);
  await openCase(other, house, reference);
  await does(other, "Change where they live", { place: "FR" });
  assert.equal(await does(page, "Extend: it takes longer", { reasons: "Much to find." }), 409);
  assert.match(await page.locator(".arrived").innerText(), /Lives in France/);
  assert.equal(await page.locator("#extend-reasons").inputValue(), "Much to find.");
  for (const one of [page, other]) await one.context().close();
});

test("the kinds say by when each would have to be resolved", async () => {
  const page = await deskOf(browser, house, house.officer);
  await arrives(page, "Paul Weber", "paul");
  const kinds = await page.locator("#classify-to option").allTextContents();
  assert.ok(kinds.every((kind) => /, by \d+ \w+ \d{4}$/.test(kind)), kinds.join("; "));
  assert.match(await page.locator("#classify-to-hint").textContent(), /has to be resolved by \d+ \w+ \d{4}/);
  await page.context().close();
});

test("pages of clocks and policies, light and dark, wide and narrow", { timeout: 240_000 }, async () => {
  const page = await deskOf(browser, house, house.officer);
  const troubles = watch(page);
  const reference = await arrives(page, "Hanna Koch", "hanna");
  await does(page, "Change where they live", { place: "DE" });
  await does(page, "We asked who they are");
  const everything = () => page.locator("aside details, .policy details").evaluateAll((all) => all.forEach((details) => (details.open = true)));
  const places = [
    ["clocks-case", `/cases/${reference}`],
    ["clocks-queue", "/queue"],
    ["clocks-at-risk", "/queue?view=at_risk"],
    ["clocks-overview", "/overview"],
    ["policies", "/policies"],
    ["policy-imagegen", "/policies/imagegen-artisticmonk"],
    ["policy-imgen", "/policies/imgen"],
  ];
  const wrong = [];
  for (const [name, address] of places) {
    for (const size of SIZES) {
      await page.setViewportSize(size);
      assert.equal((await page.goto(house.url + address)).status(), 200, address);
      await everything();
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        const here = `${name}-${size.width}-${colorScheme}`;
        wrong.push(...(await findBarriers(page)).map((barrier) => ({ here, ...barrier })));
        await page.screenshot({ path: path.join(SHOTS, `${here}.png`), fullPage: true });
      }
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) wrong.push({ name, width: size.width, wide });
    }
  }
  assert.deepEqual(wrong, []);
  assert.deepEqual(troubles, []);
  await page.context().close();
});

test("policies say in words what packs say in codes, to everybody who sees cases", async () => {
  const page = await deskOf(browser, house, house.agent);
  await page.getByRole("link", { name: "Policies" }).first().click();
  await page.getByRole("link", { name: "ImageGen By ArtisticMonk" }).click();
  const text = await page.locator("main").textContent();
  for (const words of ["What does not fit", "Acknowledgement within 24 hours", "Whose law holds", "Germany", "not reviewed by a lawyer yet", "does not take complaints yet"]) {
    assert.ok(text.includes(words), words);
  }
  assert.doesNotMatch(text, /\bP\d+[DMY]\b|\bPT\d+H\b|\bBD\d+\b|content_report:|hosts_user_content/);
  assert.equal((await page.goto(`${house.url}/policies/nobody`)).status(), 404);
  await page.context().close();
});
