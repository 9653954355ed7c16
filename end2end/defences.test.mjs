// What the pages withstand in a real browser: no page breaks its own policy, and whatever somebody writes into a field, a mail
// or a file's name is shown as the words that it is.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchBrowser } from "./browser.mjs";
import { act, deskOf, openCase, theCase, write } from "./desk.mjs";
import { mail, startDemo } from "./house.mjs";

const PAYLOAD = `"><img src=x onerror=alert(1)><script>alert(2)</script>'--><svg/onload=alert(3)>{{7*7}}\${7*7}`;
const SEEN = "<script>alert(2)</script>";

let browser;
let house;
before(async () => {
  [browser, house] = await Promise.all([launchBrowser(), startDemo()]);
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

/** Whatever a page does that its policy forbids, or that only a script of somebody else would do. */
async function guarded(page) {
  const bad = [];
  await page.exposeFunction("policyBroken", (what) => bad.push(what));
  await page.addInitScript(() =>
    document.addEventListener("securitypolicyviolation", (event) =>
      globalThis.policyBroken(`${event.effectiveDirective} broken on ${event.documentURI} by ${event.blockedURI} ${event.sample}`),
    ),
  );
  page.on("dialog", (dialog) => {
    bad.push(`dialog on ${page.url()}: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("console", (message) => {
    if (/Content Security Policy|violates|Refused to/.test(message.text())) bad.push(`on ${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => bad.push(`error on ${page.url()}: ${error.message}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${house.url}/`) && !/^(data|about|blob):/.test(url)) bad.push(`${page.url()} asked for ${url}`);
  });
  return bad;
}

/** An address without what only says which of many rows is meant. */
const kindOf = (address) => {
  const url = new URL(address);
  const names = [...url.searchParams.keys()].sort().join("&");
  return url.pathname.replace(/\/[A-Z]-\d+|\/\d+/g, "/*").replace(/^\/(verify|copy|password|setup)\/[^/]+/, "/$1/*") + (names && `?${names}`);
};

/** Every page that links lead to from `starts`, a few of each kind; calls `look` on each. How many there were. */
async function crawl(page, starts, look, ofEach = 3) {
  const waiting = starts.map((address) => house.url + address);
  const [seen, kinds] = [new Set(waiting), new Map()];
  let pages = 0;
  while (waiting.length) {
    const address = waiting.shift();
    const kind = kindOf(address);
    if ((kinds.get(kind) ?? 0) >= ofEach) continue;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    const response = await page.goto(address).catch((error) => {
      // a file is handed to the person, and no page
      if (/Download is starting|ERR_ABORTED/.test(error.message)) return null;
      throw error;
    });
    if (!response || !/text\/html/.test(response.headers()["content-type"] ?? "")) continue;
    await page.waitForFunction(() => document.scripts.length === 0 || "__hydrateIsland" in window);
    pages += 1;
    await look(page);
    const links = await page.locator("a[href]").evaluateAll((all) => all.map((a) => a.href.split("#")[0]));
    for (const link of links.filter((link) => link.startsWith(`${house.url}/`) && !seen.has(link))) {
      seen.add(link);
      waiting.push(link);
    }
  }
  return { pages, kinds: [...kinds.keys()] };
}

const STARTS = ["/overview", "/queue?view=all", "/queue", "/runs", "/mail", "/mail?tab=outgoing", "/policies", "/audit", "/account", "/account/authenticator", "/cases/new", "/runs/approve", "/runs/standing", "/no-such-page"];

test("s20_no_page_breaks_its_policy", { timeout: 600_000 }, async (t) => {
  for (const who of ["officer", "lead", "agent"]) {
    const page = await deskOf(browser, house, house[who]);
    t.after(() => page.context().close());
    const bad = await guarded(page);
    const { pages, kinds } = await crawl(page, STARTS, async (at) => {
      // unfolded, so that what is in there is drawn too
      await at.locator("details:not([open]) > summary").evaluateAll((all) => all.forEach((summary) => summary.click()));
    });
    assert.ok(pages >= 25, `${who} saw ${pages} pages: ${kinds}`);
    assert.deepEqual(bad, []);
  }
  const page = await (await browser.newContext()).newPage();
  t.after(() => page.context().close());
  const bad = await guarded(page);
  for (const address of ["/signin", "/reset", "/case", "/verify/madeup", "/verify/thanks", "/copy/madeup", "/password/madeup", "/setup/madeup", "/no-such-page"]) await page.goto(house.url + address);
  assert.deepEqual(bad, []);
  // and what a page may not do is refused and told: the crawl would have noticed
  await page.goto(`${house.url}/signin`);
  await page.evaluate(() => document.body.insertAdjacentHTML("beforeend", '<p style="color:red">x</p><img src="https://evil.example/x.png">'));
  await page.waitForTimeout(200);
  assert.ok(bad.some((what) => what.includes("style-src")) && bad.some((what) => what.includes("img-src")), String(bad));
});

test("s25_whatever_is_written_anywhere_is_shown_as_words", { timeout: 300_000 }, async (t) => {
  const page = await deskOf(browser, house, house.officer);
  t.after(() => page.context().close());
  const bad = await guarded(page);
  const quoted = PAYLOAD.replace(/["\\]/g, "\\$&");
  const attachment = { type: "text/html", name: `x${PAYLOAD.replace(/["\\/]/g, "_")}.html`, bytes: "<script>alert(4)</script>" };
  await house.ingest(mail({ from: `"Xenia ${quoted}" <xenia@mail.example>`, subject: `Privacy Request ${PAYLOAD}`, id: "xenia@mail.example", text: `Please delete my data. ${PAYLOAD}`, attachment }));
  const reference = await theCase(page, house, "Xenia");
  await openCase(page, house, reference);
  const shown = async (where) => assert.ok((await page.locator("body").innerText()).includes(SEEN), `${where} does not show it as words`);
  await shown("the case");
  assert.equal(await act(page, "Assign", { to: { label: house.officer.name } }), 200);
  assert.equal(await write(page, "Internal note", `A note ${PAYLOAD}`, "Add note"), 200);
  assert.equal(await act(page, "Classify", { to: "access", reason: PAYLOAD }), 200);
  assert.equal(await write(page, "Reply to", `We look into it. ${PAYLOAD}`, "Send"), 200);
  await shown("the timeline");
  for (const address of [`/queue?q=Xenia`, `/queue?q=${encodeURIComponent(PAYLOAD)}`, `/queue?view=${encodeURIComponent(PAYLOAD)}`, "/mail?tab=outgoing", `/audit?case=${encodeURIComponent(PAYLOAD)}`, `/signin?next=${encodeURIComponent(`/${PAYLOAD}`)}`, `/cases/${encodeURIComponent(PAYLOAD)}`]) {
    const response = await page.goto(house.url + address);
    assert.ok(response.status() < 500, `${address}: ${response.status()}`);
    const inside = await page.evaluate(() => [...document.querySelectorAll("script:not([nonce]), img[src='x'], svg[onload], [onerror]")].map((one) => one.outerHTML));
    assert.deepEqual(inside, [], address);
  }
  // a form with mistakes gives back what was typed
  await page.goto(`${house.url}/cases/new`);
  await page.locator('[name="address"]').first().fill(PAYLOAD);
  await page.locator('[name="text"]').first().fill(PAYLOAD);
  await page.getByRole("button", { name: "Open case" }).click();
  await page.waitForLoadState();
  assert.equal(await page.locator('[name="address"]').first().inputValue(), PAYLOAD);
  await page.waitForTimeout(300);
  assert.deepEqual(bad, []);
  // mails that leave are text, or HTML in which it is text
  for (const letter of house.outbox?.() ?? []) assert.ok(!/<script>alert\(2\)/.test(letter.replace(/=\r?\n/g, "")) || /Content-Type: text\/plain/.test(letter), "a mail carries markup of somebody else");
});
