// What a run is about is chosen before it is planned; plans are approved together; opt-outs begin under a standing approval.
// On the demo, with scripts and without, on a narrow screen, light and dark.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchBrowser, wrongWith } from "./browser.mjs";
import { deskOf, openCase, submitted, summaryLeadsTo, verified } from "./desk.mjs";
import { PRODUCT, startDemo, until } from "./house.mjs";
import { watch } from "./watch.mjs";

const LENA = "lena.hoffmann@mail.example";
// who has not opted out yet
const FARHAN = "farhan.qureshi@mail.example";
const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

let browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser?.close());

const finished = (house, page, run) =>
  until(`${run} is finished`, async () => {
    await page.goto(house.url + run);
    return (await page.locator("h1").innerText()).startsWith("Receipt");
  });

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "on" : "off";
  test(`chosen, approved together, approved ahead, scripts ${how}`, { timeout: 180_000 }, async (t) => {
    const house = await startDemo();
    t.after(() => house.stop());
    const [agent, lead] = [await deskOf(browser, house, house.agent, { javaScriptEnabled }), await deskOf(browser, house, house.lead, { javaScriptEnabled })];
    const troubles = [agent, lead].map((page) => watch(page, { javaScriptEnabled }));

    // a part of the data
    const one = await verified(house, agent, { name: `Parta${how}`, subject: "Privacy Request", text: "Please delete my pictures, and leave my account.", who: LENA });
    await openCase(agent, house, one);
    await agent.getByRole("link", { name: "Choose a part" }).click();
    assert.match(await agent.locator("h1").innerText(), /^Plan an erasure/);
    const details = agent.locator("details", { has: agent.locator("summary", { hasText: "Everything of the person" }) });
    await details.locator("summary").click();
    await agent.locator("#items").fill("no row at all");
    assert.equal(await submitted(agent, () => agent.getByRole("button", { name: "Plan the erasure" }).click()), 422);
    assert.match(await summaryLeadsTo(agent, "items"), /“no row at all” names no row/);
    assert.deepEqual(await wrongWith(agent, `choosing-${how}`, javaScriptEnabled), []);
    await agent.setViewportSize({ width: 1440, height: 900 });
    await agent.locator("#items").fill("");
    await agent.locator('[name="table"][value="likes"]').check();
    assert.equal(await submitted(agent, () => agent.getByRole("button", { name: "Plan the erasure" }).click()), 200);
    const run = new URL(agent.url()).pathname;
    assert.match(await agent.locator("main").innerText(), /Only a part of the person’s data: table likes/);

    // approved among others
    await lead.goto(`${house.url}/runs`);
    await lead.getByRole("link", { name: "Approve several" }).click();
    assert.deepEqual(await wrongWith(lead, `together-${how}`, javaScriptEnabled), []);
    await lead.setViewportSize({ width: 1440, height: 900 });
    const box = lead.locator(`[name="run"][value^="${run.split("/").pop()}:"]`);
    await box.check();
    await lead.locator("#typed").fill("7");
    assert.equal(await submitted(lead, () => lead.getByRole("button", { name: "Approve the ticked plans" }).click()), 422);
    assert.match(await summaryLeadsTo(lead, "typed"), /1 is ticked/);
    assert.equal(await box.isChecked(), true, "what was ticked is forgotten");
    await lead.locator("#typed").fill("1");
    assert.equal(await submitted(lead, () => lead.getByRole("button", { name: "Approve the ticked plans" }).click()), 200);
    assert.match(await lead.locator(".notice").first().innerText(), /1 plan is approved/);
    await finished(house, lead, run);
    assert.equal((await agent.request.post(`${house.url}/runs/approve`, { form: { run: "E-1:00", typed: "1" }, headers: { origin: house.url } })).status(), 403);

    // ahead
    await lead.goto(`${house.url}/runs/standing`);
    assert.equal(await submitted(lead, () => lead.getByRole("button", { name: "Grant it" }).click()), 422);
    await summaryLeadsTo(lead, "product");
    await lead.locator("#product").selectOption(PRODUCT);
    await lead.locator("#what").selectOption("training_opt_out");
    await lead.locator("#until").fill(inDays(30));
    await lead.locator("#reason").fill("Opt-outs are honoured at once");
    assert.equal(await submitted(lead, () => lead.getByRole("button", { name: "Grant it" }).click()), 200);
    const two = await verified(house, agent, { name: `Optsout${how}`, subject: "Model Training Opt-Out", text: "Do not train on my pictures.", who: FARHAN });
    await openCase(agent, house, two);
    assert.equal(await submitted(agent, () => agent.getByRole("button", { name: "Plan the change" }).click()), 200);
    const ahead = new URL(agent.url()).pathname;
    await finished(house, lead, ahead);
    assert.match(await lead.locator(".facts").innerText(), /ahead, by standing approval \d+/);
    await lead.goto(`${house.url}/runs/standing`);
    assert.match(await lead.locator("main").innerText(), /used once/);
    assert.deepEqual(await wrongWith(lead, `standing-${how}`, javaScriptEnabled), []);
    await lead.setViewportSize({ width: 1440, height: 900 });
    assert.equal(await submitted(lead, () => lead.getByRole("button", { name: /End it now/ }).first().click()), 200);
    assert.match(await lead.locator("main").innerText(), /ended by/);
    assert.deepEqual(troubles.flat(), []);
    await Promise.all([agent, lead].map((page) => page.context().close()));
  });
}
