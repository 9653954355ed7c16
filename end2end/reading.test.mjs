// Reading a mail of somebody who means ill, in a real browser: no script runs, nothing leads elsewhere, and nothing is asked
// of anybody but the console. Also pictures on request, secrets covered, attachments. With JavaScript and without.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { findBarriers, launchBrowser } from "./browser.mjs";
import { deskOf, openCase, submitted, theCase } from "./desk.mjs";
import { ADDRESS, startDemo } from "./house.mjs";

const HERE = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const SHOTS = path.join(HERE, "shots");
const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const CARD = "4242 4242 4242 4242";
const PAYLOADS = readFileSync(path.join(HERE, "../src/mail/clean/payloads.txt"), "utf8")
  .split("\n")
  .filter((line) => line && !line.startsWith("#"))
  .map((line) => line.replaceAll("~", "\n"));

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

/** A mail with an HTML version, two pictures of its own and files. */
function rich({ who, id, html, text = "Please delete my account." }) {
  const lines = [
    `From: ${who} <${id}@mail.example>`,
    `To: ${ADDRESS}`,
    "Subject: Privacy Request",
    `Message-ID: <${id}@mail.example>`,
    'Content-Type: multipart/mixed; boundary="m"',
    "",
    "--m",
    'Content-Type: multipart/alternative; boundary="a"',
    "",
    "--a",
    "Content-Type: text/plain; charset=utf-8",
    "",
    text,
    "--a",
    "Content-Type: text/html; charset=utf-8",
    "Content-Transfer-Encoding: base64",
    "",
    ...Buffer.from(html).toString("base64").match(/.{1,76}/g),
    "--a--",
    "--m",
    "Content-Type: image/png; name=dot.png",
    "Content-ID: <dot@x>",
    "Content-Transfer-Encoding: base64",
    "",
    PNG,
    "--m",
    'Content-Type: image/svg+xml; name="../evil\u202egpj.svg"',
    "Content-ID: <evil@x>",
    "",
    '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>',
    "--m--",
    "",
  ];
  return lines.join("\r\n");
}

/** Whatever a page does that no mail may make it do. */
function guard(page) {
  const bad = [];
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${house.url}/`) && !url.startsWith("data:") && !url.startsWith("about:")) bad.push(`asked for ${url}`);
  });
  page.on("dialog", (dialog) => {
    bad.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("popup", (popup) => bad.push(`popup: ${popup.url()}`));
  page.on("framenavigated", (frame) => {
    if (!frame.url().startsWith(house.url) && frame.url() !== "about:blank") bad.push(`navigated to ${frame.url()}`);
  });
  return bad;
}

/** The frame of the mail that stands open. */
async function frameOf(page) {
  const handle = await page.locator(".written iframe").elementHandle();
  const frame = await handle.contentFrame();
  await frame.waitForLoadState("load");
  return frame;
}

async function opened(page, reference, pictures = false) {
  await openCase(page, house, reference);
  await page.getByRole("link", { name: "As it was written (HTML)" }).click();
  await page.locator(".written iframe").waitFor();
  if (pictures) {
    await page.getByRole("link", { name: /^Show the .*pictures? of this mail$/ }).click();
    await page.getByText(/pictures can be shown|With the/).waitFor();
  }
  return frameOf(page);
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with JavaScript" : "without JavaScript";

  test(`s24_nothing_in_the_html_of_a_mail_runs_loads_or_leads_elsewhere, ${how}`, async (t) => {
    const id = `evil-${javaScriptEnabled}`;
    const who = `Mallory ${javaScriptEnabled ? "Scripted" : "Plain"}`;
    // what swallows the rest of a document comes last in its own mail; here each stands in a block of its own
    const swallows = /<plaintext|<frameset|<!DOCTYPE|<title>|<textarea|<noembed|<xmp/i;
    const html = PAYLOADS.filter((payload) => !swallows.test(payload)).map((payload, n) => `<div><p>payload ${n}</p>${payload}</div>`).join("\n");
    await house.ingest(rich({ who, id, html: `<img src="cid:dot@x" alt="dot">${html}<p>the end</p>` }));
    const page = await deskOf(browser, house, house.officer, { javaScriptEnabled });
    t.after(() => page.context().close());
    const bad = guard(page);
    const reference = await theCase(page, house, who);
    await openCase(page, house, reference);
    assert.equal(await page.locator("iframe").count(), 0, "nothing is loaded before somebody asks");
    const frame = await opened(page, reference, true);
    await page.waitForTimeout(1500);
    assert.deepEqual(bad, []);
    assert.ok(page.url().startsWith(`${house.url}/cases/${reference}?html=`), page.url());
    const body = await frame.locator("body").innerText();
    assert.match(body, /payload 0\b/);
    const seen = await frame.evaluate(() => ({
      tags: [...new Set([...document.body.querySelectorAll("*")].map((one) => one.localName))],
      acts: [...document.querySelectorAll("*")].flatMap((one) => [...one.attributes].map((a) => a.name)).filter((name) => /^on|^href$|^style$|^action$/.test(name)),
    }));
    for (const tag of ["script", "style", "a", "form", "input", "svg", "math", "iframe", "link", "meta", "base", "object"]) assert.ok(!seen.tags.includes(tag), tag);
    assert.deepEqual(seen.acts, []);
    // a click on anything in it leads nowhere either
    await frame.locator("body").click();
    await page.waitForTimeout(200);
    assert.deepEqual(bad, []);
  });

  test(`s24_each_payload_alone_does_nothing, ${how}`, async (t) => {
    const page = await deskOf(browser, house, house.officer, { javaScriptEnabled });
    t.after(() => page.context().close());
    const bad = guard(page);
    const alone = PAYLOADS.filter((payload) => /<plaintext|<frameset|<!DOCTYPE|<title>|<textarea|<noembed|<xmp/i.test(payload));
    for (const [n, html] of alone.entries()) {
      const who = `Alone ${n} ${javaScriptEnabled ? "Scripted" : "Plain"}`;
      await house.ingest(rich({ who, id: `alone-${n}-${javaScriptEnabled}`, html: `<p>before</p>${html}` }));
      await opened(page, await theCase(page, house, who));
      await page.waitForTimeout(200);
      assert.deepEqual(bad, [], html);
    }
  });

  test(`s26_pictures_come_from_the_mail_itself_by_a_click, ${how}`, async (t) => {
    const who = `Dora ${javaScriptEnabled ? "Scripted" : "Plain"}`;
    const html = '<p>Hello</p><img src="cid:dot@x" alt="dot"><img src="cid:evil@x" alt="evil"><img src="https://evil.example/p.gif">';
    await house.ingest(rich({ who, id: `dora-${javaScriptEnabled}`, html }));
    const page = await deskOf(browser, house, house.officer, { javaScriptEnabled });
    t.after(() => page.context().close());
    const bad = guard(page);
    const reference = await theCase(page, house, who);
    const before = await opened(page, reference);
    assert.equal(await before.locator("img").count(), 0);
    assert.match(await page.locator(".written").innerText(), /One picture would have been loaded from elsewhere/);
    const frame = await opened(page, reference, true);
    const pictures = await frame.locator("img").evaluateAll((all) => all.map((one) => [one.src.slice(0, 22), one.naturalWidth]));
    assert.deepEqual(pictures, [["data:image/png;base64,", 1]]);
    assert.deepEqual(bad, []);
  });

  test(`secrets are covered, shown for one view, and redacted for good, ${how}`, async (t) => {
    const who = `Carl ${javaScriptEnabled ? "Scripted" : "Plain"}`;
    const text = `My card is ${CARD}.\r\nPassword: hunter22`;
    await house.ingest(rich({ who, id: `carl-${javaScriptEnabled}`, html: `<p>My card is <b>${CARD}</b>.</p><p>Password: hunter22</p>`, text }));
    const page = await deskOf(browser, house, house.officer, { javaScriptEnabled });
    t.after(() => page.context().close());
    const reference = await theCase(page, house, who);
    const main = () => page.locator("main").innerText();
    await openCase(page, house, reference);
    assert.match(await main(), /•••• •••• •••• 4242/);
    assert.doesNotMatch(await page.content(), /4242 4242 4242|hunter22/);
    assert.doesNotMatch(await (await opened(page, reference)).locator("body").innerText(), /4242 4242 4242|hunter22/);
    await openCase(page, house, reference);
    assert.equal(await submitted(page, () => page.getByRole("button", { name: "Show for this view" }).click()), 200);
    assert.match(await main(), /My card is 4242 4242 4242 4242/);
    await openCase(page, house, reference);
    assert.doesNotMatch(await page.content(), /4242 4242 4242|hunter22/);
    await page.locator(".secrets summary").click();
    assert.equal(await submitted(page, () => page.locator(".secrets").getByRole("button", { name: "Redact for good" }).click()), 422);
    assert.match(await page.locator(".error-box").innerText(), /Tick the box/);
    await page.getByLabel("Yes, make all 2 unreadable").check();
    assert.equal(await submitted(page, () => page.locator(".secrets").getByRole("button", { name: "Redact for good" }).click()), 200);
    assert.match(await main(), /2 secrets in a mail, for good/);
    assert.equal(await page.getByRole("button", { name: "Show for this view" }).count(), 0);
    assert.doesNotMatch(await (await opened(page, reference)).locator("body").innerText(), /4242 4242 4242|hunter22/);
  });
}

test("s33_files_are_handed_out_as_files_and_the_frame_lets_nothing_through", async (t) => {
  const who = "Fiona Files";
  await house.ingest(rich({ who, id: "fiona", html: "<p>Hello</p>" }));
  const page = await deskOf(browser, house, house.officer);
  t.after(() => page.context().close());
  const reference = await theCase(page, house, who);
  await opened(page, reference);
  const source = await page.locator(".written iframe").getAttribute("src");
  const frame = await page.request.get(house.url + source);
  const policy = frame.headers()["content-security-policy"];
  for (const part of ["sandbox;", "default-src 'none'", "img-src 'none'", "style-src 'sha256-", "form-action 'none'", "base-uri 'none'", "frame-ancestors 'self'"]) assert.ok(policy.includes(part), policy);
  assert.doesNotMatch(policy, /allow-|unsafe|script-src/);
  assert.match((await page.request.get(`${house.url}${source}?pictures=1`)).headers()["content-security-policy"], /img-src data:;/);
  const headers = { "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cache-control": "no-store", "x-frame-options": "SAMEORIGIN" };
  for (const [name, value] of Object.entries(headers)) assert.equal(frame.headers()[name], value, name);
  assert.equal(await page.locator(".written iframe").getAttribute("sandbox"), "");
  const nobody = await fetch(house.url + source, { redirect: "manual" });
  assert.equal(nobody.status, 303, "not without a session");

  const links = await page.locator(".files a").evaluateAll((all) => all.map((a) => [a.textContent, a.getAttribute("href")]));
  const types = [];
  for (const [, href] of links) {
    const file = await page.request.get(house.url + href);
    const all = file.headers();
    assert.match(all["content-disposition"], /^attachment; filename="[ A-Za-z0-9._()-]+"; filename\*=UTF-8''/);
    assert.equal(all["x-content-type-options"], "nosniff");
    assert.equal(all["cross-origin-resource-policy"], "same-origin");
    assert.equal(all["content-security-policy"], "sandbox; default-src 'none'");
    types.push(all["content-type"]);
  }
  assert.deepEqual(types, ["image/png", "application/octet-stream"]);
});

test("a case with a mail in HTML has no barriers, in both themes, wide and narrow", async (t) => {
  const who = "Gina Gentle";
  const text = `Hello,\r\n\r\nmy card is ${CARD}.\r\n\r\nKind regards,\r\nGina`;
  const html = `<h2>Hello</h2><p>my card is ${CARD}, see <a href="https://mail.example/x">this</a>.</p><table><tr><th>A<td>B</table><img src="cid:dot@x" alt="dot">`;
  await house.ingest(rich({ who, id: "gina", html, text }));
  const page = await deskOf(browser, house, house.officer);
  t.after(() => page.context().close());
  const reference = await theCase(page, house, who);
  for (const colorScheme of ["light", "dark"]) {
    for (const size of [{ width: 1440, height: 900 }, { width: 360, height: 800 }]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(size);
      await opened(page, reference);
      await page.locator(".secrets summary").click();
      assert.deepEqual(await findBarriers(page), []);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(wide <= 0, `${wide} pixels too wide at ${size.width}`);
      await page.screenshot({ path: path.join(SHOTS, `reading-${colorScheme}-${size.width}.png`), fullPage: true });
    }
  }
});
