// The story of a copy where the company's pictures and the packages lie in buckets of an S3 server, a process of its own.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { rowsOf, unlock, unpack } from "./archive.mjs";
import { launchBrowser } from "./browser.mjs";
import { COMPANY, LENA, arrives, confirms, fetches, isAsked, isPacked, isReleased } from "./copy.mjs";
import { deskOf, openCase, submitted } from "./desk.mjs";
import { PRODUCT, startOnPostgres, until } from "./house.mjs";
import { startS3 } from "./s3.mjs";
import { watch } from "./watch.mjs";

let browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser?.close());

test("a copy is made from one bucket into another, sealed, and leaves nothing behind", { timeout: 240_000 }, async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), "recourse-s3-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const pictures = await startS3(path.join(folder, "pictures"), "pictures", COMPANY.files);
  t.after(() => pictures.stop());
  const packages = await startS3(path.join(folder, "packages"), "packages");
  t.after(() => packages.stop());
  const { files: _, ...company } = COMPANY;
  const more = `[products.${PRODUCT}.generation.s3]\n${pictures.settings}[packages.s3]\n${packages.settings}prefix = "desk"\n`;
  const house = await startOnPostgres({ company, more });
  t.after(() => house.stop());
  const [agent, second] = [await deskOf(browser, house, house.agent), await deskOf(browser, house, house.officer)];
  const person = await (await browser.newContext()).newPage();
  t.after(() => Promise.all([agent, second, person].map((page) => page.context().close())));
  const troubles = [agent, second, person].map((page) => watch(page));
  const fetched = path.join(folder, "fetched");
  mkdirSync(fetched);

  const reference = await arrives(house, agent);
  const code = await confirms(person, await isAsked(house, agent, reference));
  const run = await isPacked(house, agent, reference);
  unreadable(packages, 1);
  const link = await isReleased(house, second, run);

  const plain = await fetches(person, link, code, "Download the copy", fetched);
  const unpacked = path.join(fetched, "plain");
  const entries = unpack(plain.file, unpacked);
  assert.deepEqual(["accounts", "images", "notes"].map((table) => rowsOf(unpacked, table).length), [1, 12, 2500]);
  const files = entries.filter((name) => name.startsWith("files/"));
  assert.equal(files.length, 12);
  for (const name of files) assert.ok(readFileSync(path.join(unpacked, name)).equals(COMPANY.files["own/1.png"]), name);
  const locked = await fetches(person, link, code, "Download with a password", fetched);
  assert.deepEqual(unlock(locked.file, code, path.join(fetched, "locked")), entries);
  unreadable(packages, 2);

  await openCase(agent, house, reference);
  const box = agent.locator(".facts details").filter({ hasText: "Withdraw the link" });
  await box.locator("summary").click();
  await box.locator("textarea").fill("She has it.");
  assert.equal(await submitted(agent, () => agent.getByRole("button", { name: "Withdraw and destroy the copy" }).click()), 200);
  await until("the bucket is empty", () => Object.keys(packages.objects()).length === 0);
  assert.deepEqual(Object.keys(pictures.objects()).sort(), Object.keys(COMPANY.files).sort(), "the company's own files were touched");
  assert.deepEqual(readdirSync(path.join(house.dir, "spool")), []);
  for (const secret of ["only-for-tests", "own/", code, link.split("/").pop()]) assert.equal(house.log().includes(secret), false, `${secret} stands in the log`);
  assert.deepEqual(troubles.flat(), []);
});

/** The bucket has `count` objects, none of which tells what it holds or whose it is. */
function unreadable(bucket, count) {
  const objects = Object.entries(bucket.objects());
  assert.equal(objects.length, count, `${objects.map(([key]) => key)}`);
  for (const [key, bytes] of objects) {
    assert.ok(key.startsWith("desk/"), key);
    for (const never of ["PK\x03\x04", "PK\x05\x06", "IHDR", "index.html", "own/", LENA.name, LENA.address]) {
      assert.equal(bytes.includes(never), false, `${never} can be read in ${key}`);
      assert.equal(key.includes(never), false, `${never} stands in the key ${key}`);
    }
  }
}
