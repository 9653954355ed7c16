// An S3 server as a process of its own, from the registry's code and apart from the console: an example of this crate.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { entriesOf } from "./archive.mjs";
import { BINARY, filed, until } from "./house.mjs";

const SERVER = process.env.RECOURSE_S3_SERVER || path.join(path.dirname(BINARY), "examples/s3_server");

/** Starts a server with the bucket `name` in `folder`, which holds `files` by their keys. Stop it with `stop()`. */
export async function startS3(folder, name, files = {}) {
  if (!existsSync(SERVER)) throw new Error(`${SERVER} is not there: cargo build --features failpoints --examples`);
  mkdirSync(folder, { recursive: true });
  const bucket = filed(path.join(folder, name), files);
  const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", SERVER, "0", folder, name], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (text) => (said += text));
  const over = new Promise((done) => child.on("close", done));
  const url = await until("the S3 server listens", () => said.match(/http:\S+/)?.[0]);
  return {
    /** The lines of a section of the configuration for this bucket. */
    settings: `bucket = "${name}"\nendpoint = "${url}"\naccess_key_id = "tester"\nsecret_access_key = "only-for-tests"\nallow_http = true\n`,
    /** What lies in the bucket: the bytes of each object by its key. */
    objects: () => Object.fromEntries(entriesOf(bucket).map((key) => [key, readFileSync(path.join(bucket, key))])),
    async stop() {
      child.kill("SIGTERM");
      await over;
    },
  };
}
