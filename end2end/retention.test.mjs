// Retention in the browser, with JavaScript and without: what falls due and why, the schedule paused and let go on; and a
// requester who is erased from here, asked for by one person and approved by another.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchBrowser, wrongWith } from "./browser.mjs";
import { act, caseSays, deskOf, openCase, submitted, summaryLeadsTo, theCase } from "./desk.mjs";
import { mail, startDemo } from "./house.mjs";
import { watch } from "./watch.mjs";

const PRODUCT = "imagegen-artisticmonk";

let browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser?.close());

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "on" : "off";
  test(`what falls due is shown and a requester is erased, scripts ${how}`, { timeout: 180_000 }, async (t) => {
    const house = await startDemo();
    t.after(() => house.stop());
    const [agent, lead] = [await deskOf(browser, house, house.agent, { javaScriptEnabled }), await deskOf(browser, house, house.lead, { javaScriptEnabled })];
    const troubles = [agent, lead].map((page) => watch(page, { javaScriptEnabled }));

    // the preview, and the schedule of one product paused
    await lead.goto(`${house.url}/policies`);
    assert.equal(await submitted(lead, () => lead.getByRole("link", { name: "Retention" }).click()), 200);
    assert.equal(await lead.locator("table.retention").count(), 5, "a table for each product");
    assert.match(await lead.locator("main").innerText(), /Raw copies of mail[\s\S]*1 year after the case was resolved[\s\S]*11 CCR § 7101/);
    assert.deepEqual(await wrongWith(lead, `retention-${how}`, javaScriptEnabled), []);
    await lead.setViewportSize({ width: 1440, height: 900 });
    const section = lead.locator("section").filter({ has: lead.locator(`#p-${PRODUCT}`) });
    await section.locator("details.act > summary").click();
    assert.equal(await submitted(lead, () => section.getByRole("button", { name: "Pause the schedule" }).click()), 422);
    assert.match(await summaryLeadsTo(lead, `reason-${PRODUCT}`), /Say why/);
    await section.locator("textarea").fill("counsel looks at something");
    assert.equal(await submitted(lead, () => section.getByRole("button", { name: "Pause the schedule" }).click()), 200);
    assert.match(await section.innerText(), /Paused by Tomasz Wilk[\s\S]*counsel looks at something/);
    assert.equal(await submitted(lead, () => section.getByRole("button", { name: "Let it go on" }).click()), 200);
    assert.equal(await section.locator(".notice").count(), 0);
    await agent.goto(`${house.url}/settings/retention`);
    assert.equal(await agent.getByRole("button", { name: "Pause the schedule" }).count(), 0, "an agent pauses nothing");
    const own = await agent.request.post(`${house.url}/settings/retention`, { form: { pause: PRODUCT, reason: "x" }, headers: { origin: house.url } });
    assert.equal(own.status(), 403);

    // a requester is erased from here
    const name = `Quillon${how}`;
    await house.ingest(mail({ from: `${name} <${name.toLowerCase()}@elsewhere.example>`, subject: "Privacy Request", id: `${how}@elsewhere.example`, text: "Please send me a copy of my data." }));
    const reference = await theCase(agent, house, name);
    await caseSays(agent, house, reference, "Acknowledgement accepted");
    await agent.getByRole("link", { name: "Erase this requester from here" }).click();
    assert.match(await agent.locator("main").innerText(), /stays: it is open/);
    assert.equal(await agent.getByRole("button", { name: "Ask for the erasure" }).count(), 0, "nothing would go");
    await openCase(agent, house, reference);
    assert.equal(await act(agent, "Change state", { to: "resolved", outcome: "refused", reason: "told by phone" }), 200);
    await agent.goto(`${house.url}/cases/${reference}/requester`);
    assert.equal(await submitted(agent, () => agent.getByRole("button", { name: "Ask for the erasure" }).click()), 422);
    assert.match(await summaryLeadsTo(agent, "reason"), /Say why/);
    assert.deepEqual(await wrongWith(agent, `requester-${how}`, javaScriptEnabled), []);
    await agent.setViewportSize({ width: 1440, height: 900 });
    await agent.locator("#reason").fill("they asked by phone");
    assert.equal(await submitted(agent, () => agent.getByRole("button", { name: "Ask for the erasure" }).click()), 200);
    assert.equal(await agent.getByRole("button", { name: "Approve: erase for good" }).count(), 0, "nobody approves their own");
    await lead.goto(`${house.url}/settings/retention`);
    await lead.getByRole("link", { name: reference }).click();
    assert.match(await lead.locator("main").innerText(), /Asked by Arun Pillai[\s\S]*waits for a second person/);
    assert.deepEqual(await wrongWith(lead, `requester-approve-${how}`, javaScriptEnabled), []);
    await lead.setViewportSize({ width: 1440, height: 900 });
    assert.equal(await submitted(lead, () => lead.getByRole("button", { name: "Approve: erase for good" }).click()), 200);
    // the erasure is one commit, that it was looked at again another
    await caseSays(lead, house, reference, "Requester erased");
    const says = await lead.locator("main").innerText();
    assert.ok(!says.toLowerCase().includes(name.toLowerCase()) && !says.includes("copy of my data"), "the person can still be read");
    assert.match(says, /Everything of this case was erased/);
    assert.equal(await lead.locator("#text").count(), 0, "nothing is written on what was erased");
    await lead.goto(`${house.url}/queue?view=closed&q=${name}`);
    assert.equal(await lead.locator("form.queue .rows td.ref").count(), 0);
    assert.deepEqual(troubles.flat(), []);
    await Promise.all([agent, lead].map((page) => page.context().close()));
  });
}
