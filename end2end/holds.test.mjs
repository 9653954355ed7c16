// A hold on a part of somebody's data is placed, seen, planned around and released; what is recorded of consents is looked up
// and put into a letter. On the demo, with scripts and without, on a narrow screen, light and dark.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchBrowser, wrongWith } from "./browser.mjs";
import { deskOf, openCase, sheet, submitted, summaryLeadsTo, verified } from "./desk.mjs";
import { startDemo } from "./house.mjs";
import { watch } from "./watch.mjs";

const LENA = "lena.hoffmann@mail.example";

let browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser?.close());

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "on" : "off";
  test(`a part is held and released, consents are told, scripts ${how}`, { timeout: 180_000 }, async (t) => {
    const house = await startDemo();
    t.after(() => house.stop());
    const [agent, lead] = [await deskOf(browser, house, house.agent, { javaScriptEnabled }), await deskOf(browser, house, house.lead, { javaScriptEnabled })];
    const troubles = [agent, lead].map((page) => watch(page, { javaScriptEnabled }));

    const one = await verified(house, agent, { name: `Holds${how}`, subject: "Privacy Request", text: "Please delete my account.", who: LENA });
    await openCase(agent, house, one);
    const form = await sheet(agent, "More");
    await form.locator('[name="basis"]').selectOption("dispute");
    await form.locator('[name="identity"]').selectOption("email");
    await form.locator('[name="value"]').fill(LENA);
    await form.locator('[name="reason"]').fill("the bill is in dispute");
    await form.locator("details > summary", { hasText: "Limit the hold to a part" }).click();
    await form.locator("#hold-items").fill("invoices:no-such-bill");
    assert.equal(await submitted(agent, () => form.getByRole("button", { name: "Place the hold" }).click()), 422);
    assert.match(await summaryLeadsTo(agent, "hold-items"), /no such row in invoices/);
    assert.equal(await agent.locator("#hold-items").inputValue(), "invoices:no-such-bill", "what was typed is forgotten");
    assert.deepEqual(await wrongWith(agent, `hold-${how}`, javaScriptEnabled), []);
    await agent.setViewportSize({ width: 1440, height: 900 });
    const again = await sheet(agent, "More");
    await again.locator("#hold-items").fill("");
    await again.locator('[name="table"][value="invoices"]').check();
    assert.equal(await submitted(agent, () => again.getByRole("button", { name: "Place the hold" }).click()), 200);
    assert.match(await agent.locator(".holds").innerText(), /Open dispute[\s\S]*On table invoices/);

    assert.equal(await submitted(agent, () => agent.getByRole("button", { name: "Plan the erasure" }).click()), 200);
    const plan = await agent.locator("main").innerText();
    assert.match(plan, /until it is released: a hold/);
    assert.match(plan, /rows under a hold need them/);
    assert.deepEqual(await wrongWith(agent, `hold-plan-${how}`, javaScriptEnabled), []);
    await agent.setViewportSize({ width: 1440, height: 900 });

    await openCase(lead, house, one);
    const held = lead.locator(".holds li").first();
    await held.locator("summary").click();
    await held.locator("textarea").fill("settled");
    assert.equal(await submitted(lead, () => held.getByRole("button", { name: "Release the hold" }).click()), 200);
    assert.equal(await lead.locator(".holds").count(), 0);

    // a review of consents
    const two = await verified(house, agent, { name: `Reviews${how}`, subject: "Privacy Request", text: "What did I agree to, and when?", kind: "consent_review", who: LENA });
    await openCase(agent, house, two);
    await agent.getByRole("link", { name: "See what is recorded" }).click();
    assert.match(await agent.locator("main").innerText(), /Terms of use[\s\S]*given/);
    assert.deepEqual(await wrongWith(agent, `consents-${how}`, javaScriptEnabled), []);
    await agent.setViewportSize({ width: 1440, height: 900 });
    assert.equal(await submitted(agent, () => agent.getByRole("button", { name: /^Put it into the letter/ }).first().click()), 200);
    const letter = await agent.locator("#text").inputValue();
    assert.match(letter, /- Terms of use: given on .*words or version: terms-4/);
    assert.match(letter, /\[\[what is done with the data/);
    assert.deepEqual(troubles.flat(), []);
    await Promise.all([agent, lead].map((page) => page.context().close()));
  });
}
