// Passkeys in a real browser with an authenticator of its own: made at the door, used to sign in and to prove again, added,
// removed; and whatever is no answer to this challenge of this session is refused.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { findBarriers, launchBrowser, wrongWith } from "./browser.mjs";
import { signIn, submitted } from "./desk.mjs";
import { startOnPostgres, until } from "./house.mjs";
import { watch } from "./watch.mjs";

let house;
let browser;
before(async () => {
  [house, browser] = await Promise.all([startOnPostgres({ factor: "required", host: "localhost" }), launchBrowser()]);
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

const DEVICE = { protocol: "ctap2", transport: "internal", hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };

/** What a press leads to, also where a script sends the form a while later: the new page stands there afterwards. */
async function arrived(page, act) {
  const stands = page.waitForEvent("domcontentloaded");
  const status = await submitted(page, act);
  await stands;
  return status;
}

const press = (page, name) => arrived(page, () => page.getByRole("button", { name, exact: true }).click());
const says = (page) => page.locator("main").innerText();

/** A window with an authenticator: its page, and what can be done with the authenticator. */
async function device(options = {}) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const add = async () => (await cdp.send("WebAuthn.addVirtualAuthenticator", { options: { ...DEVICE, ...options } })).authenticatorId;
  let authenticatorId = await add();
  const tell = (command, more = {}) => cdp.send(`WebAuthn.${command}`, { authenticatorId, ...more });
  const another = async () => {
    await tell("removeVirtualAuthenticator");
    authenticatorId = await add();
  };
  return { context, page, tell, another };
}

/** Gives the password in a window where nobody is signed in. */
async function knocks({ context, page }, person) {
  await context.clearCookies();
  await page.goto(`${house.url}/signin`);
  assert.equal(await signIn(page, house, person), 200);
}

/** Makes somebody's first passkey at the door; their recovery codes. */
async function enrols(window, person, name) {
  await knocks(window, person);
  assert.match(window.page.url(), /\/signin\/authenticator/);
  await window.page.getByLabel("What you call it").fill(name);
  assert.equal(await press(window.page, "Make a passkey"), 200);
  return window.page.locator("#codes code").allInnerTexts();
}

/** Lets every proof become eleven minutes old. */
const letProofAge = () => house.meddle("UPDATE sessions SET proved_at = proved_at - 660000");

/** Has the challenges that the page asks for changed on their way. */
async function changed(page, change, work) {
  const path = "**/signin/passkey";
  await page.route(path, async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    await change(json);
    await route.fulfill({ status: response.status(), json });
  });
  try {
    return await work();
  } finally {
    await page.unroute(path);
  }
}

test("s11_a passkey is made at the door, signs in, proves again, and makes room for another", { timeout: 180_000 }, async () => {
  const window = await device();
  const { page } = window;
  const troubles = watch(page);
  await knocks(window, house.officer);
  assert.match(page.url(), /\/signin\/authenticator/);
  assert.deepEqual(await wrongWith(page, "second-factor-offered", true), []);
  // Enter where it is named does what the button does
  await page.getByLabel("What you call it").fill("laptop");
  assert.equal(await arrived(page, () => page.getByLabel("What you call it").press("Enter")), 200);
  assert.equal(await page.locator("#codes code").count(), 10);
  await page.getByRole("link", { name: "I have kept them; go on" }).click();

  await knocks(window, house.officer);
  assert.match(page.url(), /\/signin\/second/);
  assert.deepEqual(await wrongWith(page, "second-factor-passkey", true), []);
  assert.equal(await press(page, "Use your passkey"), 200);
  await page.goto(`${house.url}/account`);
  assert.match(await page.locator("#passkeys").innerText(), /laptop[\s\S]*last used/);
  assert.deepEqual(await wrongWith(page, "account-passkey", true), []);

  // proved again before something that cannot be taken back
  letProofAge();
  assert.equal(await press(page, "Make new recovery codes"), 401);
  assert.deepEqual(await wrongWith(page, "prove-by-passkey", true), []);
  assert.equal(await press(page, "Use your passkey"), 200);
  assert.equal(await page.locator("#codes code").count(), 10);

  // the same device holds one already; another device is asked for a proof first, by the one that is there
  await page.goto(`${house.url}/account/passkey`);
  assert.deepEqual(await wrongWith(page, "account-passkey-add", true), []);
  await page.getByRole("button", { name: "Make a passkey" }).click();
  await page.getByText("This device has a passkey of your account already.").waitFor();
  letProofAge();
  await page.getByLabel("What you call it").fill("red key");
  assert.equal(await press(page, "Make a passkey"), 401, "nothing is made before the proof");
  assert.equal(await press(page, "Use your passkey"), 200);
  assert.match(await says(page), /You have proved who you are/);
  assert.equal(await page.getByLabel("What you call it").inputValue(), "red key");
  await window.another();
  assert.equal(await press(page, "Make a passkey"), 200);
  assert.match(await page.locator("#passkeys").innerText(), /laptop[\s\S]*red key/);
  assert.equal(await arrived(page, () => page.getByRole("button", { name: /^Remove it.*laptop/ }).click()), 200);
  assert.match(await page.locator("#passkeys").innerText(), /^red key[\s\S]*Your last factor/);
  await knocks(window, house.officer);
  assert.equal(await press(page, "Use your passkey"), 200, "the other one is enough");
  const letters = () => house.outbox().map((letter) => letter.replace(/=\r?\n/g, ""));
  await until("the mails", () => letters().some((letter) => letter.includes("A passkey was removed")));
  assert.equal(letters().filter((letter) => letter.includes("A passkey was added")).length, 2);
  // the console says so of every 401
  assert.deepEqual(troubles.filter((trouble) => !/status of 401/.test(trouble)), []);

  // without scripts there is another way, and a word about it
  const plain = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await signIn(plain, house, house.officer);
  assert.match(await says(plain), /Passkeys need JavaScript/);
  assert.ok(!(await plain.getByRole("button", { name: "Use your passkey" }).isVisible()));
  assert.ok(await plain.getByLabel("Recovery code").isVisible());
});

test("s11_what is no answer to this challenge of this session signs nobody in", { timeout: 180_000 }, async (t) => {
  house.meddle("DELETE FROM passkeys; DELETE FROM recovery_codes; DELETE FROM sessions");
  const window = await device();
  const { page, tell } = window;
  await enrols(window, house.agent, "the agent's");
  const ids = async () => (await tell("getCredentials")).credentials.map(({ credentialId }) => credentialId);
  const [foreign] = await ids();
  const codes = await enrols(window, house.officer, "the officer's");
  assert.equal(codes.length, 10);
  const base64url = (text) => text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  const refused = async (why) => {
    assert.equal(await press(page, "Use your passkey"), 422, why);
    assert.match(await says(page), /This passkey does not count here/, why);
    await page.goto(`${house.url}/overview`);
    assert.match(page.url(), /\/signin\/second/, why);
  };

  await t.test("an answer that was given before", async () => {
    await knocks(window, house.officer);
    const sent = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/signin/second"));
    assert.equal(await press(page, "Use your passkey"), 200);
    const given = new URLSearchParams((await sent).postData()).get("passkey");
    assert.ok(given.includes("signature"));
    await knocks(window, house.officer);
    const send = (passkey) =>
      arrived(page, () =>
        page.evaluate((value) => {
          const { form } = document.querySelector("button[data-passkey]");
          form.querySelector("input[name=passkey]").value = value;
          form.submit();
        }, passkey),
      );
    assert.equal(await send(given), 422);
    const { ceremony } = await page.evaluate(async () => (await fetch("/signin/passkey", { method: "POST" })).json());
    assert.equal(await send(JSON.stringify({ ...JSON.parse(given), ceremony })), 422, "under the number of a new challenge");
    await page.goto(`${house.url}/overview`);
    assert.match(page.url(), /\/signin\/second/);
  });

  await t.test("a foreign challenge", async () => {
    await knocks(window, house.officer);
    await changed(page, (json) => (json.publicKey.challenge = base64url(Buffer.alloc(32, 7).toString("base64"))), () => refused("a foreign challenge"));
  });

  await t.test("another origin", async () => {
    // a page on another port of the same host: the browser lets it use the name, and says where it is
    const server = createServer((_, response) => response.setHeader("content-type", "text/html").end("<title>elsewhere</title>")).listen(0, "127.0.0.1");
    await once(server, "listening");
    t.after(() => server.close());
    await knocks(window, house.officer);
    const begun = await page.evaluate(async () => (await fetch("/signin/passkey", { method: "POST" })).json());
    await page.goto(`http://localhost:${server.address().port}/`);
    const credential = await page.evaluate(async (options) => {
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
      return (await navigator.credentials.get({ publicKey })).toJSON();
    }, begun.publicKey);
    await page.goto(`${house.url}/signin/second`);
    const status = await arrived(page, () =>
      page.evaluate((value) => {
        const { form } = document.querySelector("button[data-passkey]");
        form.querySelector("input[name=passkey]").value = value;
        form.submit();
      }, JSON.stringify({ ceremony: begun.ceremony, credential })),
    );
    assert.equal(status, 422);
    assert.match(await says(page), /This passkey does not count here/);
  });

  await t.test("another person's passkey", async () => {
    await knocks(window, house.officer);
    await changed(page, (json) => (json.publicKey.allowCredentials[0].id = base64url(foreign)), () => refused("another person's passkey"));
  });

  await t.test("nobody was verified", async () => {
    const careless = (json) => (json.publicKey.userVerification = "discouraged");
    await tell("setResponseOverrideBits", { isBadUV: true });
    await knocks(window, house.officer);
    // who refuses it first is the browser's affair
    const said = page.getByText(/This passkey does not count here|No passkey was used/).first();
    await page.getByRole("button", { name: "Use your passkey" }).click();
    await said.waitFor();
    await page.goto(`${house.url}/overview`);
    assert.match(page.url(), /\/signin\/second/);
    // told not to ask for it, the browser passes on what the authenticator says
    await knocks(window, house.officer);
    await changed(page, careless, () => refused("isBadUV"));
    await tell("setResponseOverrideBits", { isBadUV: false });
    await tell("setUserVerified", { isUserVerified: false });
    await knocks(window, house.officer);
    await page.getByRole("button", { name: "Use your passkey" }).click();
    await page.getByText("No passkey was used").waitFor();
    await tell("setUserVerified", { isUserVerified: true });
  });

  await t.test("a signature that does not fit", async () => {
    await tell("setResponseOverrideBits", { isBogusSignature: true });
    await knocks(window, house.officer);
    await refused("isBogusSignature");
    await tell("setResponseOverrideBits", { isBogusSignature: false });
  });

  await t.test("more than five minutes later", async () => {
    await knocks(window, house.officer);
    await changed(page, () => house.meddle("UPDATE ceremonies SET ends_at = ends_at - 300001"), () => refused("too late"));
  });

  await t.test("nothing of this has harmed the passkey", async () => {
    await knocks(window, house.officer);
    assert.equal(await press(page, "Use your passkey"), 200);
    assert.equal(house.meddle("SELECT count(*) FROM audit WHERE action = 'passkey_doubted'"), "0");
  });

  await t.test("a count that goes back is refused, told, and shown", async () => {
    const { credentials } = await tell("getCredentials");
    assert.ok(credentials.some(({ signCount }) => signCount > 2), "it counts");
    for (const credential of credentials) {
      await tell("removeCredential", { credentialId: credential.credentialId });
      await tell("addCredential", { credential: { ...credential, signCount: 1 } });
    }
    await knocks(window, house.officer);
    await refused("a count that went back");
    assert.equal(house.meddle("SELECT count(*) FROM audit WHERE action = 'passkey_doubted'"), "1");
    await until("the mail", () => house.outbox().some((letter) => letter.replace(/=\r?\n/g, "").includes("count of uses has gone back")));
    assert.ok(!(await page.getByRole("button", { name: "Use your passkey" }).isVisible()), "it is not asked for again");
    await page.getByLabel("Recovery code").fill(codes[0]);
    assert.equal(await press(page, "Go on"), 200);
    await page.goto(`${house.url}/account`);
    assert.match(await page.locator("#passkeys").innerText(), /Does not count since/);
    assert.deepEqual(await findBarriers(page), []);
  });
});
