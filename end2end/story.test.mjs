// The story the console is for, told on both stores, with JavaScript and without: a mail becomes a case with clocks,
// is acknowledged, worked on and answered in the browser, closed, and opened again by the person.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchBrowser } from "./browser.mjs";
import { act, caseSays, found, openCase, signIn, stateOf, submitted, summaryLeadsTo, theCase, write } from "./desk.mjs";
import { headersOf, mail, startDemo, startOnPostgres, until } from "./house.mjs";
import { watch } from "./watch.mjs";

const PERSON = { name: "Ottilie Brandvold", address: "ottilie@post.example" };
const STRANGER = { name: "Casimir Underhay", address: "casimir@elsewhere.example" };
const FIRST = "first-letter@post.example";

const from = ({ name, address }) => `${name} <${address}>`;

let browser;
before(async () => (browser = await launchBrowser()));
after(() => browser?.close());

for (const [where, open, javaScriptEnabled] of [
  ["SQLite with JavaScript", startDemo, true],
  ["SQLite without JavaScript", startDemo, false],
  ["PostgreSQL with JavaScript", startOnPostgres, true],
]) {
  test(`the story of a request on ${where}`, { timeout: 180_000 }, async (t) => {
    const house = await open();
    t.after(() => house.stop());
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, javaScriptEnabled });
    t.after(() => context.close());
    const page = await context.newPage();
    const troubles = watch(page, { javaScriptEnabled });
    await tell(t, page, house);
    assert.deepEqual(troubles, []);
  });
}

async function tell(t, page, house) {
  const step = (name, does) => t.test(name, does).then(() => undefined);
  let reference;
  let ours;
  await step("the door refuses a wrong password and opens with the right one", () => atTheDoor(page, house));
  await step("a mail becomes one case with its clock, however often it arrives", async () => {
    reference = await arrives(page, house);
  });
  await step("it is acknowledged in its thread, by a machine that says so", () => isAcknowledged(page, house, reference));
  await step("it is assigned, noted and classified, with a reason", () => isWorkedOn(page, house, reference));
  await step("it is answered and waits for the person", async () => {
    ours = await isAnswered(page, house, reference);
  });
  await step("the person's answer joins the case and opens it", () => personAnswers(page, house, reference, ours));
  await step("a stranger who names the same thread waits, and gets a case of their own once somebody says so", () => strangerAnswers(page, house, reference, ours));
  await step("it is resolved with an outcome and closed; a new reply opens it again", () => isClosed(page, house, reference, ours));
  await step("mail that cannot be read is kept and listed with its reason", () => unreadable(page, house));
  await step("a case told on the phone is entered by hand", () => byHand(page, house));
}

async function atTheDoor(page, house) {
  await page.goto(`${house.url}/overview`);
  assert.equal(new URL(page.url()).pathname, "/signin");
  assert.equal(await signIn(page, house, house.officer, "not the password"), 422);
  assert.equal(await page.getByLabel("Email address").inputValue(), house.officer.email);
  assert.equal(await page.getByLabel("Password").inputValue(), "");
  assert.match(await summaryLeadsTo(page, "email"), /There is a problem\s+Check the address and the password/);
  assert.equal(await signIn(page, house, house.officer), 200);
  assert.equal(new URL(page.url()).pathname, "/overview");
}

async function arrives(page, house) {
  const text = "Please delete my account and all of my pictures.\r\n\r\nKind regards\r\nOttilie";
  const raw = mail({ from: from(PERSON), subject: "Privacy Request", id: FIRST, text });
  await house.ingest(raw);
  await house.ingest(raw);
  await house.ingest(`Received: from another.example by ours.example; Sun, 22 Nov 2026 10:00:00 +0000\r\n${raw}`);
  const reference = await theCase(page, house, PERSON.name);
  const row = page.locator("form.queue .rows tr").filter({ hasText: reference });
  assert.match(await row.locator(".due").innerText(), /(acknowledge|resolves) in\s+(2[34] h|\d+ d|\d+ min)/i);
  assert.match(await row.innerText(), /Erasure/);
  await row.getByRole("link").click();
  await page.waitForURL(`**/cases/${reference}`);
  const story = page.locator(".story");
  assert.equal(await story.locator("li.mail-in").count(), 1);
  assert.match(await story.locator("li.mail-in").innerText(), /Ottilie Brandvold[\s\S]*ottilie@post\.example[\s\S]*Please delete my account and all of my pictures\.\s+Kind regards/);
  assert.match(await page.locator(".facts").textContent(), /Privacy policy §14[\s\S]*Pack imagegen-artisticmonk/);
  return reference;
}

async function isAcknowledged(page, house, reference) {
  await until("the acknowledgement was accepted", async () => {
    await openCase(page, house, reference);
    return /accepted/.test(await page.locator("li.mail-out .fate").innerText());
  });
  assert.match(await page.locator(".duties").innerText(), /Acknowledge[\s\S]*met in/);
  await page.goto(`${house.url}/mail?tab=outgoing`);
  const line = page.locator(".list li").filter({ hasText: reference });
  assert.match(await line.innerText(), /Acknowledgement of[\s\S]*accepted[\s\S]*to Ottilie Brandvold: Re: Privacy Request/);
  await line.getByRole("link", { name: "Acknowledgement" }).click();
  await page.waitForURL("**/mail/out/*");
  const says = await page.locator("main").innerText();
  for (const words of [PERSON.address, "accepted", reference, "We understood it as: erasure"]) {
    assert.ok(says.includes(words), `the outgoing mail does not say "${words}": ${says}`);
  }
  const id = (await page.locator("dd.mono").innerText()).trim();
  const letter = await theLetter(house, (headers) => headers["auto-submitted"]);
  const headers = headersOf(letter);
  assert.equal(headers["message-id"], `<${id}>`);
  assert.equal(headers["in-reply-to"], `<${FIRST}>`);
  assert.equal(headers.references, `<${FIRST}>`);
  assert.equal(headers["auto-submitted"], "auto-replied");
  assert.match(headers.subject, new RegExp(`^Re: Privacy Request \\[${reference}\\]$`));
  assert.match(headers["content-type"], /^multipart\/alternative/);
  for (const words of [reference, "Rajan (ArtisticMonk)", "Mumbai", "text/html"]) assert.ok(letter.includes(words), `the letter lacks ${words}`);
}

/** The one letter to the person that left and that `fits`. */
async function theLetter(house, fits) {
  const all = await until("the letter left", () => {
    const mine = house.outbox().filter((letter) => headersOf(letter).to?.includes(PERSON.address));
    const fitting = mine.filter((letter) => fits(headersOf(letter), letter));
    return fitting.length > 0 && fitting;
  });
  assert.equal(all.length, 1, `letters that left: ${all.length}`);
  return all[0];
}

async function isWorkedOn(page, house, reference) {
  await openCase(page, house, reference);
  assert.equal(await act(page, "Assign", { to: { label: house.officer.name } }), 200);
  assert.match(await page.locator(".byline").innerText(), new RegExp(`Owner ${house.officer.name}`));
  assert.equal(await page.getByRole("status").filter({ hasText: "The case has its owner." }).count(), 1);

  assert.equal(await write(page, "Internal note", "She wrote from the account's own address.\nNo need to ask.", "Add note"), 200);
  assert.match(await page.locator("li.note").innerText(), /never sent[\s\S]*own address\.\s+No need to ask\./);

  assert.equal(await act(page, "Classify", { to: "portability" }), 422);
  await summaryLeadsTo(page, "classify-reason");
  assert.equal(await page.locator("#classify-to").inputValue(), "portability");
  await openCase(page, house, reference);
  assert.equal(await act(page, "Classify", { to: "portability", reason: "She asks for a copy on the phone." }), 200);
  assert.match(await page.locator(".story").innerText(), /Classified as portability[\s\S]*She asks for a copy on the phone\./);
  assert.match(await page.locator("h1").innerText(), /^Portability for Ottilie Brandvold$/);
}

async function isAnswered(page, house, reference) {
  await openCase(page, house, reference);
  const words = "Dear Ottilie,\n\nshall we send you a copy first?";
  assert.equal(await write(page, "Reply to Ottilie Brandvold", words, "Send and wait for answer"), 200);
  assert.equal(await stateOf(page), "Waiting for the person");
  await caseSays(page, house, reference, "Reply: accepted");
  const letter = await theLetter(house, (headers, whole) => whole.includes("shall we send you a copy first?"));
  const headers = headersOf(letter);
  assert.equal(headers["auto-submitted"], undefined, "a person's reply says it comes from a machine");
  assert.equal(headers["in-reply-to"], `<${FIRST}>`);
  assert.ok(headers.references.includes(`<${FIRST}>`));
  return headers["message-id"].slice(1, -1);
}

async function personAnswers(page, house, reference, ours) {
  await house.ingest(mail({ from: from(PERSON), subject: "Re: your question", id: "second@post.example", answers: ours, text: "Yes, a copy first, thank you." }));
  await caseSays(page, house, reference, "Yes, a copy first, thank you.");
  assert.equal(await stateOf(page), "Open");
  assert.equal(await page.locator("li.mail-in").count(), 2);
}

async function strangerAnswers(page, house, reference, ours) {
  const words = "I would like a copy of my data as well.";
  await house.ingest(mail({ from: from(STRANGER), subject: `Re: Privacy Request [${reference}]`, id: "third@elsewhere.example", answers: ours, text: words }));
  await until("the mail waits for somebody", async () => {
    await page.goto(`${house.url}/mail`);
    return (await page.locator("main").innerText()).includes(STRANGER.name);
  });
  await openCase(page, house, reference);
  assert.equal((await page.content()).includes(words), false, "a stranger's words stand in the person's case");
  await page.locator(".facts").getByRole("link", { name: /^Mail \d+$/ }).click();
  await page.waitForURL("**/mail/in/*");
  assert.ok((await page.locator("main").innerText()).includes(words));
  await page.getByRole("button", { name: "Discard it" }).or(page.locator("summary", { hasText: "Discard it" })).first().click();
  await page.getByRole("button", { name: "Discard this mail" }).click();
  assert.match(await summaryLeadsTo(page, "reason"), /Say why/);
  await page.getByRole("button", { name: "Open a case of its own" }).click();
  await page.waitForURL("**/cases/*");
  const other = await theCase(page, house, STRANGER.name);
  assert.notEqual(other, reference);
  await openCase(page, house, other);
  assert.ok((await page.locator("li.mail-in").innerText()).includes(words));
  assert.equal((await page.content()).includes(PERSON.name), false, "the person's name stands in the stranger's case");
}

async function isClosed(page, house, reference, ours) {
  await openCase(page, house, reference);
  assert.equal(await act(page, "Change state", { to: "resolved", reason: "The copy was sent." }), 422);
  await summaryLeadsTo(page, "state-outcome");
  assert.equal(await page.locator("#state-reason").inputValue(), "The copy was sent.");
  assert.equal(await page.locator("#state-to").inputValue(), "resolved");
  assert.equal(await act(page, "Change state", { outcome: "granted" }), 200);
  assert.equal(await stateOf(page), "Resolved, granted");
  assert.match(await page.locator(".facts").innerText(), /No clock runs/);
  assert.equal(await act(page, "Change state", { to: "closed", reason: "Nothing is left to do." }), 200);
  assert.equal(await stateOf(page), "Closed, granted");
  assert.deepEqual(await found(page, house, PERSON.name), []);
  assert.deepEqual(await found(page, house, PERSON.name, "closed"), [reference]);

  await house.ingest(mail({ from: from(PERSON), subject: "Re: your question", id: "fourth@post.example", answers: ours, text: "One picture is missing in the copy." }));
  await caseSays(page, house, reference, "One picture is missing in the copy.");
  // a page that was drawn while the mail came in may have had its head from before
  await openCase(page, house, reference);
  assert.equal(await stateOf(page), "Open");
  assert.match(await page.locator(".story").innerText(), /Reopened/);
  assert.deepEqual(await found(page, house, PERSON.name), [reference]);
}

async function unreadable(page, house) {
  await house.ingest("");
  const reason = "The message is empty";
  await until("it stands in the list with its reason", async () => {
    await page.goto(`${house.url}/mail`);
    return (await page.locator("main").innerText()).includes(reason);
  });
  await page.locator(".list li").filter({ hasText: reason }).getByRole("link").click();
  await page.waitForURL("**/mail/in/*");
  assert.match(await page.locator("main").innerText(), /could not be read: the message is empty/);
}

async function byHand(page, house) {
  const typed = { name: "Perpetua Quill", address: "perpetua@post.example", text: "She wants to know <what> we keep & why.\nShe will call again." };
  await page.goto(`${house.url}/cases/new`);
  await page.locator("#product").selectOption("imagegen-artisticmonk");
  await page.locator("#kind").selectOption("access");
  await page.locator("#channel").selectOption("phone");
  for (const [id, value] of Object.entries(typed)) await page.locator(`#${id}`).fill(value);
  const future = inMumbai(365 * 24 * 60);
  await page.locator("#received").fill(future);
  const open = () => submitted(page, () => page.getByRole("button", { name: "Open case" }).click());
  assert.equal(await open(), 422);
  assert.match(await summaryLeadsTo(page, "received"), /not in the future/);
  for (const [id, value] of Object.entries({ ...typed, received: future, kind: "access", channel: "phone" })) {
    assert.equal(await page.locator(`#${id}`).inputValue(), value);
  }
  await page.locator("#received").fill(inMumbai(-90));
  assert.equal(await open(), 200);
  assert.match(page.url(), /\/cases\/R-\d+$/);
  assert.match(await page.locator("li.statement").innerText(), /by phone, as written down[\s\S]*<what> we keep & why\.\s+She will call again\./);
  assert.match(await page.locator(".facts").innerText(), /Came by\s+phone/);
}

/** The minute that many minutes from now, as a field for it wants it, on a wall clock in Mumbai (always UTC+5:30). */
function inMumbai(minutes) {
  return new Date(Date.now() + (330 + minutes) * 60_000).toISOString().slice(0, 16);
}
