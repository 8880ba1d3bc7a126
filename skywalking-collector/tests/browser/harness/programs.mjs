// The programs of the repository: a collector, the senders of its data, and the seed scenario.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The folder of the built programs, which `.ci/pages` sets. */
const PROGRAMS = process.env.PAGES_PROGRAMS;
if (!PROGRAMS) throw new Error("PAGES_PROGRAMS is not set: run .ci/pages");

/** Starts a program and collects its lines. `line(pattern)` waits for one and returns its match. */
function start(name, args, env = {}) {
  const child = spawn(join(PROGRAMS, name), args, {
    env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = [];
  const waiting = new Set();
  const ended = once(child, "exit");
  const check = () => waiting.forEach((one) => one());
  createInterface({ input: child.stdout }).on("line", (text) => {
    lines.push(text);
    check();
  });
  child.on("exit", check);
  const line = (pattern) => new Promise((resolve, reject) => {
    const look = () => {
      const match = lines.map((text) => pattern.exec(text)).find(Boolean);
      if (!match && child.exitCode === null) return;
      waiting.delete(look);
      if (match) resolve(match);
      else reject(new Error(`${name} ended with ${child.exitCode}:\n${lines.join("\n")}`));
    };
    waiting.add(look);
    look();
  });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    await ended;
  };
  return { line, stop, ended, child, lines };
}

/** Starts a collector. `url` is that of its pages; `send` runs the example `send` against it. */
export async function startCollector({ grpc = "127.0.0.1:0", http = "127.0.0.1:0", token } = {}) {
  const env = { SW_COLLECTOR_TOKEN: token ?? "" };
  const program = start("skywalking-collector", ["--grpc-addr", grpc, "--http-addr", http], env);
  const [, grpcAddr] = await program.line(/^grpc listening on (.+)$/);
  const [, httpAddr] = await program.line(/^http listening on (.+)$/);
  const url = `http://${httpAddr}`;
  const send = async (...args) => {
    const sender = start("examples/send", [...args, "--to", grpcAddr], token ? env : {});
    const [code] = await sender.ended;
    if (code !== 0) throw new Error(`send ${args.join(" ")} ended with ${code}`);
  };
  const get = async (path) => {
    const response = await fetch(url + path, { headers: token ? { authentication: token } : {} });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  return { url, grpcAddr, httpAddr, send, get, stop: program.stop };
}

/** Starts the seed scenario: two services and an embedded collector that stays. */
export async function startSeed() {
  const program = start("snapshot", ["--serve"]);
  const [, trace] = await program.line(/^trace (\S+)$/);
  const [, url] = await program.line(/(http:\/\/[^/]+)\/traces$/);
  const get = async (path) => (await fetch(url + path)).json();
  return { url, trace, get, stop: program.stop, lines: program.lines };
}
