// Two people on one case: whoever saves second sees what the first one did, loses no word, and can go on anyway.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchBrowser } from "./browser.mjs";
import { act, deskOf, openCase, stateOf, submitted, theCase, write } from "./desk.mjs";
import { mail, startDemo } from "./house.mjs";

const QUICKER = "Somebody changed this case while you were at it.";
let browser;
let house;
const desks = {};
before(async () => {
  [browser, house] = await Promise.all([launchBrowser(), startDemo()]);
  desks.officer = await deskOf(browser, house, house.officer);
  desks.agentWith = await deskOf(browser, house, house.agent);
  desks.agentWithout = await deskOf(browser, house, house.agent, { javaScriptEnabled: false });
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

/** A new case of `name`, open on the officer's desk and on the agent's, whose browser runs scripts only where told so. */
async function twoDesks(name, javaScriptEnabled) {
  const { officer } = desks;
  const agent = javaScriptEnabled ? desks.agentWith : desks.agentWithout;
  const address = `${name.toLowerCase().replace(" ", ".")}@post.example`;
  await house.ingest(mail({ from: `${name} <${address}>`, subject: "Privacy Request", id: `hello-${address}`, text: "Please correct my name, it is spelled wrong." }));
  const reference = await theCase(officer, house, name);
  await Promise.all([openCase(officer, house, reference), openCase(agent, house, reference)]);
  return { officer, agent, reference };
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with" : "without";

  test(`two replies at once ${how} JavaScript: the second is shown the first, kept whole, and sent anyway`, async () => {
    const { officer, agent, reference } = await twoDesks(`Leocadia ${how === "with" ? "Amberg" : "Birkholt"}`, javaScriptEnabled);
    const [first, second] = ["Which spelling is right?", "Done;\n\nyour name is <corrected> & checked."];
    assert.equal(await write(officer, "Reply to", first, "Send"), 200);

    assert.equal(await write(agent, "Reply to", second, "Send"), 409);
    const notice = agent.locator(".notice").filter({ hasText: QUICKER });
    assert.ok((await notice.innerText()).includes(first), "the notice does not hold the first reply");
    assert.ok((await notice.innerText()).includes(house.officer.name), "the notice does not say who was quicker");
    assert.equal(await agent.locator("#text").inputValue(), second);
    await openCase(officer, house, reference);
    assert.equal(await officer.locator("li.mail-out").filter({ hasText: "your name is" }).count(), 0, "the second reply left all the same");

    assert.equal(await press(agent, "Send anyway"), 200);
    await openCase(officer, house, reference);
    for (const text of [first, "your name is <corrected> & checked."]) {
      assert.equal(await officer.locator("li.mail-out").filter({ hasText: text }).count(), 1);
    }
  });

  test(`a change of state against a change of kind ${how} JavaScript: choice and reason are kept`, async () => {
    const { officer, agent, reference } = await twoDesks(`Ambrose ${how === "with" ? "Calloway" : "Dunmore"}`, javaScriptEnabled);
    assert.equal(await act(officer, "Change state", { to: "open", reason: "I look into it." }), 200);

    assert.equal(await act(agent, "Classify", { to: "access", reason: "She asks what we keep." }), 409);
    assert.match(await agent.locator(".notice").innerText(), /while you were at it[\s\S]*Open[\s\S]*I look into it\./);
    assert.equal(await agent.locator("#classify-to").inputValue(), "access");
    assert.equal(await agent.locator("#classify-reason").inputValue(), "She asks what we keep.");

    assert.equal(await press(agent, "Save anyway"), 200);
    assert.match(await agent.locator("h1").innerText(), /^Access/);
    assert.equal(await stateOf(agent), "Open");
    await openCase(officer, house, reference);
    assert.match(await officer.locator(".story").innerText(), /I look into it\.[\s\S]*She asks what we keep\./);
  });
}

test("two notes at once are two notes", async () => {
  const { officer, agent, reference } = await twoDesks("Sidonie Eckhart", true);
  assert.equal(await write(officer, "Internal note", "I called her.", "Add note"), 200);
  assert.equal(await write(agent, "Internal note", "She called us.", "Add note"), 200);
  await openCase(officer, house, reference);
  assert.equal(await officer.locator("li.note").count(), 2);
});

function press(page, name) {
  return submitted(page, () => page.getByRole("button", { name, exact: true }).click());
}
