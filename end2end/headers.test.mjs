// What every answer carries and what the door lets through: policies, cookies, where a form comes from, where signing in leads.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchBrowser } from "./browser.mjs";
import { signIn } from "./desk.mjs";
import { startDemo } from "./house.mjs";

let house;
let cookie;
let device;
before(async () => {
  house = await startDemo();
  const response = await post("/signin", { email: house.officer.email, password: house.officer.password });
  assert.equal(response.status, 303);
  [cookie, device] = response.headers.getSetCookie();
});
after(() => house?.stop());

const get = (path, headers = {}) => fetch(house.url + path, { headers, redirect: "manual" });
const signedIn = () => ({ cookie: cookie.split(";")[0] });

/** A form as a page of this console sends it, unless `headers` say otherwise; null takes a header away. */
function post(path, form, headers = {}) {
  const all = { origin: house.url, "sec-fetch-site": "same-origin", ...headers };
  const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
  return fetch(house.url + path, { method: "POST", body: new URLSearchParams(form), headers: sent, redirect: "manual" });
}

test("every page has a policy with a nonce of its own that its scripts carry, and stays out of caches", async () => {
  const nonces = [];
  for (const [path, status, headers] of [
    ["/signin", 200, {}],
    ["/no-such-page", 404, {}],
    ["/overview", 200, signedIn()],
    ["/queue", 200, signedIn()],
    ["/mail", 200, signedIn()],
    ["/cases/new", 200, signedIn()],
    ["/cases/R-99999999", 404, signedIn()],
    ["/cases/nothing", 404, signedIn()],
    ["/no-such-page", 404, signedIn()],
  ]) {
    const response = await get(path, headers);
    const body = await response.text();
    assert.equal(response.status, status, path);
    const policy = response.headers.get("content-security-policy");
    const [, nonce] = policy.match(/script-src 'nonce-([A-Za-z0-9+/=]{16,})' 'strict-dynamic' 'wasm-unsafe-eval'(;|$)/) ?? [];
    assert.ok(nonce, `${path}: ${policy}`);
    for (const part of ["default-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"]) assert.ok(policy.includes(part), `${path} lacks ${part}`);
    assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval(?<!wasm-unsafe-eval)|\*/);
    const scripts = [...body.matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag);
    assert.ok(scripts.length > 0 && scripts.every((tag) => tag.includes(`nonce="${nonce}"`)), `${path}: ${scripts}`);
    assert.doesNotMatch(body, / style="|<style| on[a-z]+="/, path);
    assert.equal(response.headers.get("cache-control"), "no-store", path);
    nonces.push(nonce);
  }
  assert.equal(new Set(nonces).size, nonces.length, "a nonce came twice");
});

test("every answer tells browsers to guess no type, to keep addresses to themselves and to stay in its own window", async () => {
  const css = (await (await get("/signin")).text()).match(/href="(\/style\/[^"]+)"/)[1];
  for (const path of ["/signin", "/no-such-page", "/queue", "/healthz", "/readyz", "/.well-known/recourse-receipt-keys", css, "/pkg/nothing.js"]) {
    const { headers } = await get(path);
    assert.equal(headers.get("x-content-type-options"), "nosniff", path);
    assert.equal(headers.get("referrer-policy"), "same-origin", path);
    assert.equal(headers.get("cross-origin-opener-policy"), "same-origin", path);
    assert.equal(headers.get("cross-origin-resource-policy"), "same-origin", path);
    assert.ok(headers.get("content-security-policy"), path);
    assert.ok(headers.get("permissions-policy").includes("camera=()"), path);
    assert.equal(headers.get("server"), null, path);
  }
  assert.match((await get(css)).headers.get("cache-control"), /immutable/);
});

test("a form from anywhere else is refused and changes nothing", async () => {
  const form = { product: "imagegen-artisticmonk", kind: "access", channel: "phone", received: "2026-01-01T10:00", name: "Mallory Foreign", text: "x" };
  const strange = {
    "another site, says the browser": { "sec-fetch-site": "cross-site" },
    "another origin, says the browser": { "sec-fetch-site": "same-site" },
    "another origin, in a browser of old": { "sec-fetch-site": null, origin: "https://evil.example" },
    "no origin to speak of": { "sec-fetch-site": null, origin: "null" },
    "a request that says nothing": { "sec-fetch-site": null, origin: null },
  };
  for (const [who, headers] of Object.entries(strange)) {
    for (const path of ["/cases/new", "/signin", "/signout", "/queue", "/cases/R-10001", "/mail/in/1", "/mail/out/1", "/mail/failed/1", "/verify/madeup", "/case", "/api/keep_draft"]) {
      const response = await post(path, form, { ...signedIn(), ...headers });
      assert.equal(response.status, 403, `${path} from ${who}`);
      assert.equal(response.headers.get("set-cookie"), null, path);
    }
  }
  assert.doesNotMatch(await (await get("/queue?q=Mallory", signedIn())).text(), /Mallory Foreign/);
  assert.equal((await get("/overview", signedIn())).status, 200, "a foreign form signed somebody out");
});

test("what changes something is asked for by POST", async () => {
  assert.equal((await get("/signout", signedIn())).status, 405);
  assert.equal((await get("/mail/failed/1", signedIn())).status, 405);
  assert.equal((await get("/overview", signedIn())).status, 200);
});

test("the cookies of session and browser are this host's alone, out of scripts' reach, and the session's ends with signing out", async () => {
  assert.match(cookie, /^__Host-recourse=[A-Za-z0-9_-]{43,};/);
  assert.match(device, /^__Host-recourse-device=[A-Za-z0-9_-]{43,};/);
  for (const one of [cookie, device]) {
    const parts = one.split(/;\s*/).slice(1);
    for (const part of ["Path=/", "HttpOnly", "Secure", "SameSite=Lax"]) assert.ok(parts.includes(part), `${part} is missing: ${parts}`);
    assert.ok(!parts.some((part) => part.startsWith("Domain")), "it goes to other hosts");
  }
  assert.equal((await get("/overview", { cookie: device.split(";")[0] })).status, 303, "the browser's opens nothing");

  const own = (await post("/signin", { email: house.agent.email, password: house.agent.password })).headers.get("set-cookie").split(";")[0];
  assert.equal((await get("/overview", { cookie: own })).status, 200);
  const out = await post("/signout", {}, { cookie: own });
  assert.equal(out.headers.get("location"), "/signin");
  assert.deepEqual(out.headers.getSetCookie().map((one) => one.replace(/;.*(?=; Max-Age)/, "")), ["__Host-recourse=; Max-Age=0"], "the browser stays known");
  const again = await get("/overview", { cookie: own });
  assert.equal(again.headers.get("location"), "/signin?next=%2Foverview", "the session lives on after signing out");
  assert.equal((await get("/overview", { cookie: "__Host-recourse=made-up" })).status, 303);
});

test("without a session every page leads to the door", async () => {
  for (const path of ["/overview", "/queue", "/queue?view=mine&q=a%26b", "/cases/R-10001", "/cases/R-10001/files/1/1", "/cases/new", "/mail?tab=outgoing", "/mail/in/1", "/mail/out/1"]) {
    const response = await get(path);
    assert.equal(response.status, 303, path);
    assert.equal(response.headers.get("location"), `/signin?next=${encodeURIComponent(path)}`);
    assert.equal(await response.text(), "");
  }
  for (const path of ["/queue", "/cases/new", "/cases/R-10001", "/mail/in/1", "/api/keep_draft"]) {
    const response = await post(path, {});
    assert.equal(response.status, 401, path);
    assert.match(await response.text(), /Your session has ended; what you wrote is not lost/);
  }
});

test("signing in leads where somebody wanted to go, and never out of the console", async (t) => {
  const browser = await launchBrowser();
  t.after(() => browser.close());
  for (const javaScriptEnabled of [true, false]) {
    const context = await browser.newContext({ javaScriptEnabled });
    const page = await context.newPage();
    await page.goto(`${house.url}/queue?view=mine&q=a%26b`);
    assert.equal(await signIn(page, house, house.officer), 200);
    assert.equal(page.url(), `${house.url}/queue?view=mine&q=a%26b`);
    const kept = (await context.cookies()).find(({ name }) => name === "__Host-recourse");
    assert.ok(kept.secure && kept.httpOnly && kept.sameSite === "Lax");
    await context.close();
  }
  const { email, password } = house.officer;
  for (const next of ["//evil.example", "/\\evil.example", "https://evil.example/", "/\t/evil.example", "javascript:alert(1)", "evil", ""]) {
    const response = await post("/signin", { email, password, next });
    assert.equal(response.headers.get("location"), "/", `next=${next}`);
    const form = await (await get(`/signin?next=${encodeURIComponent(next)}`)).text();
    assert.doesNotMatch(form, /evil\.example|javascript:/, `the form keeps next=${next}`);
  }
  assert.equal((await get("/", signedIn())).headers.get("location"), "/overview");
});

test("an unknown address and a wrong password are answered alike", async () => {
  const answers = [];
  for (const email of [house.agent.email, "nobody@imagegen.example"]) {
    const response = await post("/signin", { email, password: "wrong" });
    const body = (await response.text()).replaceAll(email, "").replaceAll(/nonce(-|=")[^"']+|crossorigin="[^"]+"/g, "");
    answers.push({ status: response.status, body });
  }
  assert.equal(answers[0].status, 422);
  assert.deepEqual(answers[0], answers[1]);
});
