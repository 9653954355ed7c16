// Every page in light and dark, wide and narrow: no barriers, nothing wider than the screen, no trouble in the browser; with
// a picture of each in shots/.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { findBarriers, launchBrowser } from "./browser.mjs";
import { arrives, confirms, isAsked, linksTo } from "./copy.mjs";
import { act, deskOf, openCase, submitted, theCase, write } from "./desk.mjs";
import { hire, mail, startDemo, until } from "./house.mjs";
import { watch } from "./watch.mjs";

const SHOTS = path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "shots");
const SIZES = [
  { width: 1440, height: 900 },
  { width: 360, height: 800 },
];
const THEMES = ["light", "dark"];
const LONG = "Maria-Magdalena Aurelia von Hohenschwangau-Oberammergau de la Santísima Trinidad";

let browser;
let house;
let places;
const desks = {};
before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  [browser, house] = await Promise.all([launchBrowser(), startDemo()]);
  desks.officer = await deskOf(browser, house, house.officer);
  desks.agent = await deskOf(browser, house, house.agent);
  desks.lead = await deskOf(browser, house, house.lead);
  desks.admin = await deskOf(browser, house, await hire(house.dir, "Ada Root", "ada@imagegen.example", ["admin"]));
  desks.nobody = await (await browser.newContext()).newPage();
  places = await furnish(desks.officer);
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

/** What the demo lacks: unreadable mail, mail that failed, a long case with everything in it. Tells where things stand. */
async function furnish(page) {
  await house.ingest("");
  await house.ingest("This is no mail, says the first line.\n\nAnd there is no header.");
  const attachment = { type: "application/pdf", name: "a-rather-long-name-of-a-scanned-letter-of-authority-2026-11.pdf", bytes: "x".repeat(4000) };
  const text = `Please correct my name, it is spelled wrong.\r\n\r\n${"abcdefghij".repeat(30)}\r\n\r\nhttps://mail.example/${"path/".repeat(30)}`;
  await house.ingest(mail({ from: `${LONG} <long.${"x".repeat(40)}@post.example>`, subject: "Privacy Request", id: "long@post.example", text, attachment }));
  const long = await theCase(page, house, LONG);
  await openCase(page, house, long);
  await act(page, "Assign", { to: { label: house.officer.name } });
  await write(page, "Internal note", "A note.\n\nOf two parts.", "Add note");
  await act(page, "Classify", { to: "access", reason: "It reads like it." });
  await write(page, "Reply to", "We look into it.", "Send and wait for answer");
  await page.goto(`${house.url}/queue`);
  const walled = await page.locator("form.queue .rows tr").filter({ hasText: "Restricted case" }).first().locator("td.ref").innerText();
  await page.goto(`${house.url}/queue?view=breached`);
  const breached = await page.locator("form.queue .rows tr").filter({ hasNotText: "Restricted case" }).locator("td.ref").first().innerText();
  const links = async (address) => {
    await page.goto(house.url + address);
    return page.locator(".list li a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  };
  const unreadable = await until("the unreadable mail is listed", async () => (await links("/mail")).find((href) => href.startsWith("/mail/in/")));
  const sent = (await links("/mail?tab=outgoing")).find((href) => href.startsWith("/mail/out/"));
  const caseOf = async (run) => {
    await page.goto(`${house.url}/runs/${run}`);
    return page.locator(".crumb").getAttribute("href");
  };
  // the demo has a plan that waits and a run that is finished
  const [planned, finished] = [await caseOf("E-2"), await caseOf("E-1")];
  // and a copy that waits for review and one that was fetched
  const [packed, copied] = [await caseOf("E-3"), await caseOf("E-4")];
  const copy = new URL(linksTo(house, "thomas@bergqvist.example", "copy")[0]).pathname;
  return { long, walled, breached, unreadable, sent, planned, finished, packed, copied, copy };
}

const to = (address) => (page) => page.goto(house.url + (typeof address === "function" ? address(places) : address));

/** A page: its name, whose desk it stands on, and how to come there. */
const PAGES = [
  ["signin", "nobody", to("/signin")],
  ["signin-wrong", "nobody", signInWrong],
  ["not-found-at-the-door", "nobody", to("/no-such-page")],
  ["overview", "officer", to("/overview")],
  ["overview-tables", "officer", overviewTables],
  ["queue", "officer", to("/queue")],
  ["queue-walled", "agent", to("/queue")],
  ...["mine", "nobody", "breached", "today", "unacknowledged", "waiting", "approval", "recipients", "closed"].map((view) => [`queue-${view}`, "officer", to(`/queue?view=${view}`)]),
  ["queue-empty", "officer", to("/queue?q=nobody+has+this+name&kind=access")],
  ["queue-picked", "officer", queuePicked],
  ["queue-keys", "officer", queueKeys],
  ["queue-errors", "officer", queueErrors],
  ["queue-assigned", "officer", to("/queue?assigned=2")],
  ["case", "officer", to(({ long }) => `/cases/${long}`)],
  ["case-breached", "officer", to(({ breached }) => `/cases/${breached}`)],
  ["case-done", "officer", to(({ long }) => `/cases/${long}?done=waiting`)],
  ["case-note", "officer", caseNote],
  ["case-errors", "officer", caseErrors],
  ["case-conflict", "officer", caseConflict],
  ["case-verify", "officer", caseVerify],
  ["case-verify-errors", "officer", caseVerifyErrors],
  ["case-hold-errors", "officer", caseHoldErrors],
  ["case-restricted", "officer", to(({ walled }) => `/cases/${walled}`)],
  ["case-walled", "agent", to(({ walled }) => `/cases/${walled}`)],
  ["case-run", "agent", to(({ planned }) => planned)],
  ["case-letter", "agent", to(({ finished }) => finished)],
  ["case-letter-errors", "agent", caseLetterErrors],
  ["runs", "lead", to("/runs")],
  ["audit", "lead", to("/audit")],
  ["audit-empty", "lead", to("/audit?action=standing_approval_ended")],
  ["audit-wrong", "lead", to("/audit?case=no+reference&from=never")],
  ["run-plan", "lead", to("/runs/E-2?done=planned")],
  ["run-plan-mine", "agent", to("/runs/E-2")],
  ["run-plan-errors", "lead", runPlanErrors],
  ["run-plan-send-back", "lead", runPlanSendBack],
  ["run-receipt", "officer", to("/runs/E-1")],
  ["run-review", "lead", runReview],
  ["run-review-mine", "agent", to("/runs/E-3")],
  ["run-released", "officer", to("/runs/E-4")],
  ["case-packed", "agent", to(({ packed }) => packed)],
  ["case-copied", "agent", caseCopied],
  ["copy", "nobody", to(({ copy }) => copy)],
  ["copy-wrong", "nobody", copyWrong],
  ["copy-gone", "nobody", to("/copy/madeup")],
  ["code", "nobody", code],
  ["new-case", "officer", to("/cases/new")],
  ["new-case-errors", "officer", newCaseErrors],
  ["mail-unreadable", "officer", to("/mail")],
  ["mail-outgoing", "officer", to("/mail?tab=outgoing")],
  ["mail-failed", "officer", to("/mail?tab=failed")],
  ["mail-mailboxes", "officer", to("/mail?tab=mailboxes")],
  ["mail-in", "officer", to(({ unreadable }) => unreadable)],
  ["mail-in-walled", "agent", to(({ unreadable }) => unreadable)],
  ["mail-out", "officer", to(({ sent }) => sent)],
  ["requester", "officer", to(({ copied }) => `${copied}/requester`)],
  ["standing", "lead", to("/runs/standing")],
  ["approve", "lead", to("/runs/approve")],
  ["policies", "officer", to("/policies")],
  ["policy", "officer", to("/policies/imagegen-artisticmonk")],
  ["retention", "lead", to("/settings/retention")],
  ["account", "officer", to("/account")],
  ["absence", "officer", to("/account/absence")],
  ["authenticator", "officer", to("/account/authenticator")],
  ["reset", "nobody", to("/reset")],
  ["people", "admin", to("/settings/people")],
  ["person", "admin", to("/settings/people/2")],
  ["rights", "admin", to("/settings/rights")],
  ["not-found", "officer", to("/cases/R-99999999")],
  ["more-places", "officer", morePlaces],
];

async function signInWrong(page) {
  await page.goto(`${house.url}/signin`);
  assert.equal(await submitted(page, () => page.getByRole("button", { name: "Sign in" }).click()), 422);
}

async function overviewTables(page) {
  await page.goto(`${house.url}/overview`);
  for (const table of await page.locator("main details > summary").all()) await table.click();
}

async function queuePicked(page) {
  await page.goto(`${house.url}/queue`);
  await page.locator("thead .tick").waitFor({ state: "attached" });
  for (const at of [1, 3]) await page.locator('input[name="case"]').nth(at).check();
}

async function queueKeys(page) {
  await page.goto(`${house.url}/queue`);
  await page.locator(".pager .keys:not([hidden])").waitFor({ state: "attached" });
  await page.keyboard.press("?");
  await page.locator("#keys").waitFor();
}

async function queueErrors(page) {
  await queuePicked(page);
  assert.equal(await submitted(page, () => page.getByRole("button", { name: "Assign cases" }).click()), 422);
}

async function caseNote(page) {
  await openCase(page, house, places.long);
  await page.getByRole("radio", { name: "Internal note" }).check();
}

async function caseErrors(page) {
  await openCase(page, house, places.long);
  assert.equal(await act(page, "Change state", { to: "resolved" }), 422);
}

async function caseConflict(page) {
  await openCase(page, house, places.long);
  await page.locator('#reply input[name="seen"]').evaluate((input) => (input.value = "1"));
  assert.equal(await write(page, "Reply to", "What I meant to say", "Send"), 409);
}

async function caseVerify(page) {
  await openCase(page, house, places.long);
  await page.locator("details.act > summary", { hasText: /^Verify$/ }).click();
}

async function caseVerifyErrors(page) {
  await caseVerify(page);
  assert.equal(await submitted(page, () => page.getByRole("button", { name: "Decide that it is them" }).click()), 422);
}

async function caseHoldErrors(page) {
  await openCase(page, house, places.long);
  assert.equal(await act(page, "More", { basis: "tax" }), 422);
}

async function caseLetterErrors(page) {
  await page.goto(house.url + places.finished);
  await page.locator('section.letter [name="basis"]').selectOption("");
  assert.equal(await submitted(page, () => page.getByRole("button", { name: "Send letter and resolve" }).click()), 422);
}

async function runPlanErrors(page) {
  await page.goto(`${house.url}/runs/E-2`);
  assert.equal(await submitted(page, () => page.getByRole("button", { name: /^Approve and erase/ }).click()), 422);
}

async function runPlanSendBack(page) {
  await page.goto(`${house.url}/runs/E-2`);
  for (const reason of await page.locator(".confirm summary").all()) await reason.click();
}

async function runReview(page) {
  await page.goto(`${house.url}/runs/E-3`);
  for (const more of await page.locator("main summary").all()) await more.click();
}

async function caseCopied(page) {
  await page.goto(house.url + places.copied);
  await page.locator(".facts summary", { hasText: "Withdraw the link" }).click();
}

async function copyWrong(page) {
  await page.goto(house.url + places.copy);
  await page.locator("#code").fill("AAAAA");
  assert.equal(await submitted(page, () => page.getByRole("button", { name: "Download the copy" }).click()), 422);
}

/** Each link shows a code once. */
async function code(page) {
  const [{ reference, who }, desk] = [await asksForACopy(), await desks.officer.context().newPage()];
  await confirms(page, await isAsked(house, desk, reference, who));
  await desk.close();
}

let asked;
async function asksForACopy() {
  const who = { name: "Haruka Shimizu", address: "haruka.shimizu@inbox.example" };
  asked ??= arrives(house, await desks.officer.context().newPage(), { who, text: "A copy of my data, please, once more." });
  return { who, reference: await asked };
}

async function newCaseErrors(page) {
  await page.goto(`${house.url}/cases/new`);
  await page.locator("#address").fill("no address");
  assert.equal(await submitted(page, () => page.getByRole("button", { name: "Open case" }).click()), 422);
}

async function morePlaces(page) {
  await page.goto(`${house.url}/overview`);
  const more = page.getByRole("button", { name: "More" });
  // only the narrow layout has it
  if (await more.isVisible()) await more.click();
}

test("every page, light and dark, wide and narrow, has no barriers and no troubles", { concurrency: 2, timeout: 600_000 }, async (t) => {
  await Promise.all(PAGES.map(([name, who, go]) => t.test(name, { timeout: 90_000 }, () => looksRight(name, desks[who].context(), go))));
});

async function looksRight(name, context, go) {
  const page = await context.newPage();
  const troubles = watch(page);
  const wrong = [];
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await go(page);
    // pages for people from outside have no script
    await page.waitForFunction(() => document.scripts.length === 0 || "__hydrateIsland" in window);
    for (const colorScheme of THEMES) {
      const here = `${name}-${size.width}-${colorScheme}`;
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      wrong.push(...(await findBarriers(page)).map((barrier) => ({ here, ...barrier })));
      wrong.push(...(await misfits(page)).map((what) => ({ here, what })));
      await page.screenshot({ path: path.join(SHOTS, `${here}.png`), fullPage: true });
    }
  }
  // 1440 px at 200 % zoom
  await page.setViewportSize({ width: 720, height: 450 });
  wrong.push(...(await misfits(page)).map((what) => ({ here: `${name}-720`, what })));
  await page.close();
  assert.deepEqual(wrong, []);
  assert.deepEqual(troubles, []);
}

async function misfits(page) {
  return [...(await tooWide(page)), ...(await cutOff(page))];
}

/** What reaches beyond the screen's right edge; nothing where the page cannot be moved sideways. */
function tooWide(page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const beyond = [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > clientWidth + 1);
    const names = beyond.slice(0, 5).map((element) => `${element.localName}.${element.className?.baseVal ?? element.className}`);
    return [`${scrollWidth} px of ${clientWidth}: ${names.join(", ")}`];
  });
}

/** Clocks whose words are cut off: of all that a row shows, the time left must be whole. */
function cutOff(page) {
  return page.locator(".clock > .say").evaluateAll((all) => all.filter((say) => say.scrollWidth > say.clientWidth).map((say) => `cut off: ${say.textContent}`));
}
