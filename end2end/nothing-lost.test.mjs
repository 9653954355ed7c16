// Nothing is lost: a mail that the mail server turns away waits for somebody, and a form that comes after its session ended
// can be sent again.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchBrowser } from "./browser.mjs";
import { deskOf, openCase, signIn, submitted, theCase } from "./desk.mjs";
import { headersOf, mail, startDemo, until } from "./house.mjs";
import { startSink } from "./smtp-sink.mjs";

const ADDRESS = "rosalind@gone.example";
let browser;
let house;
let sink;
let page;
before(async () => {
  sink = await startSink();
  [browser, house] = await Promise.all([launchBrowser(), startDemo({ smtp: sink })]);
  page = await deskOf(browser, house, house.officer);
});
after(async () => {
  await browser?.close();
  await house?.stop();
  await sink?.stop();
});

test("a mail that is turned away is shown wherever it matters, and leaves once somebody sends it again", async () => {
  sink.refused.add(ADDRESS);
  await house.ingest(mail({ from: `Rosalind Farthing <${ADDRESS}>`, subject: "Privacy Request", id: `one-${ADDRESS}`, text: "Please delete my account." }));
  const reference = await theCase(page, house, "Rosalind");
  await until("the case says that it failed", async () => {
    await openCase(page, house, reference);
    return (await page.locator("li.mail-out .fate.is-over").count()) > 0;
  });
  assert.match(await page.locator("li.mail-out .fate").innerText(), /Acknowledgement: failed: the mail server answered 550/);
  assert.doesNotMatch(await page.locator(".duties, .lead").allInnerTexts().then(String), /met in/, "the duty counts as done");

  await page.goto(`${house.url}/overview`);
  const trouble = page.locator(".list li").filter({ hasText: reference });
  assert.match(await trouble.innerText(), /failed: the mail server answered 550[\s\S]*The duty counts as not done/);
  await trouble.getByRole("link").click();
  await page.waitForURL("**/mail/out/*");
  const [address, id] = [page.url(), (await page.locator("dd.mono").innerText()).trim()];
  assert.match(await page.locator(".notice").innerText(), /will not be tried again by itself/);

  sink.refused.clear();
  assert.equal(await submitted(page, () => page.getByRole("button", { name: "Send again" }).click()), 200);
  assert.match(await page.locator(".notice").innerText(), /being tried again/);
  const letter = await until("the mail leaves", () => sink.letters.find((one) => headersOf(one).to?.includes(ADDRESS)));
  assert.equal(headersOf(letter)["message-id"], `<${id}>`);
  await until("the mail room says so", async () => {
    await page.goto(address);
    return /accepted/.test(await page.locator("dl.pairs").innerText());
  });
  await openCase(page, house, reference);
  assert.match(await page.locator(".duties").innerText(), /Acknowledge[\s\S]*met in/);
});

for (const javaScriptEnabled of [true, false]) {
  test(`what was written ${javaScriptEnabled ? "with" : "without"} JavaScript while a session ended is sent after signing in again`, async (t) => {
    const own = await deskOf(browser, house, house.agent, { javaScriptEnabled });
    t.after(() => own.context().close());
    await own.goto(`${house.url}/queue?kind=erasure`);
    await own.locator("form.queue .rows th a").first().click();
    await own.waitForURL("**/cases/*");
    const text = `A note that took half an hour (${javaScriptEnabled})`;
    await own.getByRole("radio", { name: "Internal note" }).check();
    await own.locator("#text").fill(text);
    await own.context().clearCookies();
    assert.equal(await submitted(own, () => own.getByRole("button", { name: "Add note" }).click()), 401);
    assert.match(await own.locator("h1").innerText(), /Your session has ended; what you wrote is not lost/);

    const [door] = await Promise.all([own.context().waitForEvent("page"), own.getByRole("link", { name: "Sign in in another tab" }).click()]);
    await door.waitForURL("**/signin");
    assert.equal(await signIn(door, house, house.agent), 200);
    await own.reload();
    assert.equal(await own.locator("li.note").filter({ hasText: text }).count(), 1);
  });
}
