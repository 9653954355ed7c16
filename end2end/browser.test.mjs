// The tools of the other tests: a browser that starts, and a checker that finds a planted fault under our policy.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { test } from "node:test";
import { findBarriers, launchBrowser } from "./browser.mjs";

const PAGE = `<!doctype html><html lang="en"><title>t</title><main><h1>t</h1><button></button></main></html>`;

test("the browser opens a page and the accessibility checker sees a button without a name", async (t) => {
  const server = createServer((_, response) => {
    response.setHeader("content-security-policy", "default-src 'none'; script-src 'nonce-x' 'strict-dynamic' 'wasm-unsafe-eval'");
    response.setHeader("content-type", "text/html").end(PAGE);
  }).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const browser = await launchBrowser();
  t.after(() => browser.close());

  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  const barriers = await findBarriers(page);

  assert.deepEqual(barriers.map(({ id, at }) => [id, at]), [["button-name", ["button"]]]);
});
