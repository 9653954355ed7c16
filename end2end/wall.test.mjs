// The restricted wall: a report about child safety is a reference and clocks to everybody but responders, on every page
// that a link leads to, in every search, in the log; and its attachment is offered to nobody.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchBrowser } from "./browser.mjs";
import { act, deskOf, found, openCase, submitted, theCase } from "./desk.mjs";
import { mail, startDemo, until } from "./house.mjs";

const NAME = "Thessaly Wrenfield";
const ADDRESS = "thessaly.canary@watch.example";
const SUBJECT = "Heliotrope item";
const FILE = "heliotrope-evidence.png";
const ID = "heliotrope-letter@watch.example";
/** What nobody outside the circle may read anywhere, in small letters; no bare number, which a moment in milliseconds may hold. */
const CANARIES = ["thessaly", "wrenfield", "watch.example", "heliotrope", "item 4471"];
const PLAIN = "Barnaby Plainsong";
const attachment = { type: "image/png", name: FILE, bytes: "no picture" };
const TEXT = "This is a report about child safety, item 4471. Please look at it.";

let browser;
let house;
let officer;
let agent;
let reference;
let ordinary;
before(async () => {
  [browser, house] = await Promise.all([launchBrowser(), startDemo({ log: "debug" })]);
  officer = await deskOf(browser, house, house.officer);
  agent = await deskOf(browser, house, house.agent);
  const before = await walled(officer);
  await house.ingest(mail({ from: `${PLAIN} <plain@watch.test>`, subject: "Privacy Request", id: "plain@watch.test", text: "Please correct my address.", attachment: { ...attachment, name: "letter.png" } }));
  ordinary = await theCase(officer, house, PLAIN);
  await house.ingest(mail({ from: `${NAME} <${ADDRESS}>`, subject: SUBJECT, id: ID, text: TEXT, attachment }));
  reference = await until("the report became a case", async () => (await walled(officer)).find((one) => !before.includes(one)));
  await until("its acknowledgement left", () => house.outbox().some((letter) => letter.includes(ADDRESS)));
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

/** References of the open restricted cases, as the queue lists them page by page. */
async function walled(page) {
  const references = [];
  for (let next = "/queue"; next; ) {
    await page.goto(house.url + next);
    references.push(...(await page.locator("form.queue .rows tr").filter({ hasText: "Restricted case" }).locator("td.ref").allInnerTexts()));
    const link = page.locator('.pager a[rel="next"]');
    next = (await link.count()) ? await link.getAttribute("href") : null;
  }
  return references;
}

function canariesIn(text) {
  const plain = text.toLowerCase();
  return CANARIES.filter((canary) => plain.includes(canary));
}

test("a responder reads the report on its page; the attachment is named and offered to nobody", async () => {
  await openCase(officer, house, reference);
  const says = await officer.locator("main").innerText();
  for (const words of [NAME, ADDRESS, SUBJECT, TEXT, FILE, "15 days", "Content report, child safety"]) {
    assert.ok(says.includes(words), `the page lacks ${words}: ${says}`);
  }
  assert.equal(await officer.title(), `${reference} Restricted case · Recourse`);
  assert.equal(await officer.locator(`main a:has-text("${FILE}")`).count(), 0, "the attachment is a link");
  assert.equal(await officer.locator("main a", { hasText: ADDRESS }).count(), 0, "the address is a link");
  assert.equal(await officer.locator("main img").count(), 0);
});

test("its attachment has no address, where that of an ordinary case beside it has one", async () => {
  await openCase(agent, house, ordinary);
  const place = await agent.getByRole("link", { name: "letter.png" }).getAttribute("href");
  const file = await agent.request.get(house.url + place);
  assert.equal(file.status(), 200);
  assert.equal(await file.text(), attachment.bytes);
  assert.match(file.headers()["content-disposition"], /^attachment; filename="letter\.png"/);
  assert.equal(file.headers()["content-type"], "application/octet-stream");
  assert.equal(file.headers()["x-content-type-options"], "nosniff");
  // the report came next, so that its message has one of the next numbers, and the same parts
  const [, message, part] = place.match(/files\/(\d+)\/(\d+)$/);
  const numbers = [0, 1, 2, 3].map((more) => Number(message) + more);
  const places = [reference, ordinary].flatMap((one) => numbers.flatMap((number) => [0, 1, 2, 3].map((part) => `/cases/${one}/files/${number}/${part}`)));
  assert.ok(places.includes(`/cases/${reference}/files/${Number(message) + 1}/${part}`));
  for (const address of places.filter((one) => !one.startsWith(`/cases/${ordinary}/files/${message}/`))) {
    for (const page of [officer, agent]) assert.equal((await page.request.get(house.url + address)).status(), 404, address);
  }
});

test("in lists even a responder reads no name and no word of it", async () => {
  await walled(officer);
  const row = officer.locator("form.queue .rows tr").filter({ hasText: reference });
  assert.match(await row.innerText(), /Restricted case/);
  for (const address of ["/overview", "/queue", "/mail?tab=outgoing", "/mail", "/mail?tab=failed"]) {
    await officer.goto(house.url + address);
    assert.deepEqual(canariesIn(await officer.content()), [], address);
  }
});

test("an agent sees that it exists and how its clocks stand, and cannot act on it", async () => {
  assert.ok((await walled(agent)).includes(reference));
  const row = agent.locator("form.queue .rows tr").filter({ hasText: reference });
  assert.match(await row.innerText(), /Restricted case[\s\S]*(resolves|acknowledge) in/i);
  assert.doesNotMatch(await row.innerText(), /Content report|ImageGen|Mail/);
  await openCase(agent, house, reference);
  assert.equal(await agent.locator("h1").innerText(), "Restricted case");
  const facts = await agent.locator(".facts").innerText();
  assert.match(facts, /(resolves|acknowledge) in/i);
  // a period would say what it is about
  assert.doesNotMatch(facts, /15 days|2 hours|36 hours|24 hours/);
  assert.equal(await agent.locator("main form, main textarea").count(), 0, "there is something to act with");
  for (const doing of ["note", "reply", "assign", "classify", "state"]) {
    const to = { assign: "nobody", state: "open" }[doing] ?? "erasure";
    const form = { do: doing, seen: "999", text: "x", to, reason: "x" };
    const response = await agent.request.post(`${house.url}/cases/${reference}`, { form, headers: { origin: house.url } });
    assert.equal(response.status(), 404, doing);
    assert.deepEqual(canariesIn(await response.text()), [], doing);
  }
  const draft = await agent.request.post(`${house.url}/api/keep_draft`, { form: { reference, text: "x" }, headers: { origin: house.url } });
  assert.notEqual(draft.status(), 200);
  const opened = await agent.request.get(`${house.url}/mail?tab=outgoing`);
  assert.match(await opened.text(), new RegExp(`${reference}[\\s\\S]*?Restricted case`));
});

test("no search and no filter of an agent finds it", async () => {
  for (const words of ["Thessaly", "wrenfield", ADDRESS, "Heliotrope", "4471", "child safety"]) {
    assert.equal((await found(agent, house, words)).includes(reference), false, words);
  }
  for (const filter of ["kind=content_report%3Acsam", "kind=minor_data", "product=imagegen-artisticmonk"]) {
    for (let next = `/queue?${filter}`; next; ) {
      await agent.goto(house.url + next);
      assert.equal((await agent.locator("main").innerText()).includes(reference), false, filter);
      const link = agent.locator('.pager a[rel="next"]');
      next = (await link.count()) ? await link.getAttribute("href") : null;
    }
  }
});

test("a case that turns out to be such a report vanishes behind the wall at once", async () => {
  await house.ingest(mail({ from: "Isaura Wrenfield <isaura@watch.example>", subject: "Heliotrope again", id: "isaura@watch.example", text: "Please delete my pictures." }));
  const turned = await theCase(agent, house, "Isaura");
  await openCase(agent, house, turned);
  assert.equal(await act(agent, "Assign", { to: { label: house.agent.name } }), 200);
  assert.equal(await act(agent, "Classify", { to: "content_report:csam", reason: "Heliotrope, seen by me." }), 200);
  assert.equal(await agent.locator("h1").innerText(), "Restricted case");
  assert.match(await agent.locator(".byline").innerText(), /Nobody’s/);
  assert.deepEqual(canariesIn(await agent.content()), []);
  for (const words of ["Isaura", "Heliotrope"]) assert.deepEqual(await found(agent, house, words), [], words);
});

test("several at once: an agent cannot give it away with others", async () => {
  await walled(agent);
  await agent.locator(`input[name="case"][value="${reference}"]`).check();
  await agent.locator("#to").selectOption({ label: "Arun Pillai" });
  assert.equal(await submitted(agent, () => agent.getByRole("button", { name: "Assign cases" }).click()), 200);
  assert.match(await agent.locator("main").innerText(), new RegExp(`${reference}: not yours to give`));
  assert.deepEqual(canariesIn(await agent.content()), []);
});

test("nothing of it stands on any page that a link leads an agent to", { timeout: 120_000 }, async () => {
  const seen = new Set(["/overview"]);
  const leaks = [];
  let told = false;
  for (const address of seen) {
    const response = await agent.request.get(house.url + address);
    const source = await response.text();
    assert.ok(response.ok(), `${address} answered ${response.status()}`);
    told ||= source.includes(reference);
    leaks.push(...canariesIn(source).map((canary) => `${canary} on ${address}`));
    for (const link of linksIn(source)) seen.add(link);
  }
  assert.deepEqual(leaks, []);
  assert.ok(told, "the crawl never met the case");
  assert.ok(seen.size > 80, `the crawl found only ${seen.size} pages`);
  assert.ok(seen.has(`/cases/${reference}`));
});

/** Addresses inside the console that a page links to, each once; later pages of lists included. */
function linksIn(source) {
  const links = [...source.matchAll(/<a [^>]*?href="(\/[^"#]*)/g)].map(([, href]) => href.replaceAll("&amp;", "&"));
  return links.filter((href) => !href.startsWith("//"));
}

test("nothing of it stands in the log, nor in the subject line of what left", () => {
  assert.deepEqual(canariesIn(house.log()), []);
  assert.match(house.log(), /a draft was not kept/, "the log does not hold what was refused");
  const letter = house.outbox().find((one) => one.includes(ADDRESS));
  for (const words of ["Heliotrope item", "item 4471", FILE]) assert.equal(letter.includes(words), false, `the acknowledgement repeats ${words}`);
});
