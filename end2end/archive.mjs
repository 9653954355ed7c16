// Archives as people open them: with unzip and with 7-Zip, and the page inside them in a browser that is cut off from every
// network.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { findBarriers } from "./browser.mjs";

/** 7-Zip is called 7zz or 7z, as the package goes. */
function sevenZip(args) {
  const name = ["7zz", "7z"].find((program) => spawnSync(program, ["i"], { stdio: "ignore" }).status === 0);
  assert.ok(name, "7-Zip is not installed");
  const { status, stdout, stderr } = spawnSync(name, args, { encoding: "utf8" });
  return { status, says: stdout + stderr };
}

/** Tests an archive with both programs and unpacks it into `folder` with unzip; its entries. */
export function unpack(file, folder) {
  execFileSync("unzip", ["-tqq", file]);
  execFileSync("unzip", ["-qq", file, "-d", folder]);
  const tested = sevenZip(["t", file]);
  assert.equal(tested.status, 0, tested.says);
  return entriesOf(folder);
}

/** Tests an archive that a password opens, and unpacks it into `folder` with 7-Zip; its entries. Refuses others. */
export function unlock(file, password, folder) {
  for (const wrong of ["AAAAA-AAAAA-AAAAA-AAAAA", password.toLowerCase(), password.replaceAll("-", "")]) {
    const refused = sevenZip(["t", `-p${wrong}`, file]);
    assert.notEqual(refused.status, 0, `the password ${wrong} opens it`);
    assert.match(refused.says, /Wrong password/);
  }
  const methods = [...sevenZip(["l", "-slt", file]).says.matchAll(/^Method = (.+)$/gm)].map(([, method]) => method);
  assert.ok(methods.length > 3 && methods.every((method) => method.includes("AES-256")), `methods: ${methods}`);
  const opened = sevenZip(["x", `-p${password}`, `-o${folder}`, file]);
  assert.equal(opened.status, 0, opened.says);
  return entriesOf(folder);
}

/** The files below `folder`, by their names from there. */
export function entriesOf(folder) {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  return names.filter((entry) => entry.isFile()).map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name))).sort();
}

/** The rows of a table in an unpacked copy; a table without any has no file. */
export function rowsOf(folder, table) {
  if (!existsSync(path.join(folder, "data", `${table}.json`))) return [];
  return JSON.parse(readFileSync(path.join(folder, "data", `${table}.json`), "utf8"));
}

/** Opens the page of an unpacked copy without a network: what the law wants said comes first, pictures are shown, nothing
 * leaves the disk, no barriers, nothing wider than the screen. */
export async function readOffline(browser, folder, { says, pictures, shots, options }) {
  const context = await browser.newContext({ offline: true, viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const asked = [];
  const wrong = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && wrong.push(message.text()));
  await page.goto(pathToFileURL(path.join(folder, "index.html")).href);
  assert.match(await page.locator("h2").first().innerText(), /right to know/);
  const text = await page.locator("main").innerText();
  for (const one of says) assert.match(text, one);
  assert.ok((await page.locator("table").count()) > 1, "there are no tables");
  for (const picture of await page.locator("img").all()) await picture.scrollIntoViewIfNeeded();
  await page.waitForFunction(() => [...document.images].every((image) => image.complete));
  const widths = await page.locator("img").evaluateAll((all) => all.map((image) => image.naturalWidth));
  assert.equal(widths.length, pictures);
  assert.ok(widths.every((width) => width > 0), `pictures that are not shown: ${widths.filter((width) => width === 0).length}`);
  assert.deepEqual(asked.filter((url) => !url.startsWith(pathToFileURL(folder).href)), []);
  for (const width of [1440, 360]) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      wrong.push(...(await findBarriers(page)));
      if (await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)) wrong.push(`the page is too wide at ${width}`);
      if (shots) {
        mkdirSync(shots, { recursive: true });
        await page.screenshot({ path: path.join(shots, `copy-inside-${width}-${colorScheme}.png`), fullPage: true });
      }
    }
  }
  await context.close();
  assert.deepEqual(wrong, []);
  assert.ok(existsSync(path.join(folder, "manifest.json")));
}
