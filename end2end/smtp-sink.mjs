// A mail server for tests: takes letters and keeps them, delivers nothing; turns away whom a test tells it to.
import { once } from "node:events";
import { createServer } from "node:net";

/** Starts the sink on a free port; `letters` holds what came, as it came, and `refused` the addresses that get a 550. */
export async function startSink() {
  const letters = [];
  const refused = new Set();
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    converse(socket, letters, refused);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((done) => server.close(done));
  };
  return { url: `smtp://127.0.0.1:${server.address().port}`, letters, refused, stop };
}

function converse(socket, letters, refused) {
  let rest = "";
  let letter = null;
  const say = (line) => socket.write(`${line}\r\n`);
  const hear = (line) => {
    if (letter) {
      if (line !== ".") return letter.push(line.startsWith("..") ? line.slice(1) : line);
      letters.push(letter.join("\r\n"));
      letter = null;
      return say("250 kept");
    }
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === "RCPT" && [...refused].some((address) => line.includes(`<${address}>`))) return say("550 no such person");
    if (verb === "DATA") letter = [];
    say({ EHLO: "250 sink", HELO: "250 sink", DATA: "354 go on", QUIT: "221 bye" }[verb] ?? "250 fine");
    if (verb === "QUIT") socket.end();
  };
  say("220 sink");
  socket.setEncoding("utf8");
  socket.on("data", (text) => {
    const lines = (rest + text).split("\r\n");
    rest = lines.pop();
    lines.forEach(hear);
  });
}
