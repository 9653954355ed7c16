// The distribution's Chromium for the browser tests: nothing is downloaded, and it talks to nobody but the server.
import axe from "axe-core";
import { chromium } from "playwright-core";

const QUIET = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-gpu",
  "--disable-quic",
  "--disable-sync",
  "--no-first-run",
];

/** Starts Chromium: the one that CHROMIUM names, else the distribution's. Close it with `browser.close()`. */
export function launchBrowser(options = {}) {
  const root = process.getuid?.() === 0;
  return chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: root ? [...QUIET, "--no-sandbox"] : QUIET,
    chromiumSandbox: !root,
    ...options,
  });
}

/** What axe-core finds wrong with a page as it stands, each with its rule and the elements. Works under a strict CSP. */
export async function findBarriers(page, options = {}) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate((opts) => globalThis.axe.run(opts), { resultTypes: ["violations"], ...options });
  return violations.map(({ id, impact, help, nodes }) => ({ id, impact, help, at: nodes.map(({ target }) => target.join(" ")) }));
}
