// The distribution's Chromium for the browser tests: nothing is downloaded, and it talks to nobody but the server.
import { mkdirSync } from "node:fs";
import path from "node:path";
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

const SHOTS = path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "shots");

/** What is wrong with a page as it stands, narrow and wide, light and dark; a picture of each is kept under `shot`. */
export async function wrongWith(page, shot, javaScriptEnabled) {
  mkdirSync(SHOTS, { recursive: true });
  const wrong = [];
  for (const width of [360, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      // it is a script of its own
      if (javaScriptEnabled) wrong.push(...(await findBarriers(page)));
      await page.screenshot({ path: path.join(SHOTS, `${shot}-${width}-${colorScheme}.png`), fullPage: true });
    }
    if (await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)) wrong.push(`${page.url()} is too wide at ${width}`);
  }
  return wrong;
}
