// The commands on the empty page. They are run as the page prints them, in a new folder, and their
// trace appears on the page. A language without its tools is skipped, or fails if CI=true. The
// commands download agents and libraries, so this file runs only if it is selected.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync }
  from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pageTest, until, useBrowser } from "../harness/browser.mjs";
import { traces } from "../harness/pages.mjs";
import { startCollector } from "../harness/programs.mjs";

const REPOSITORY = join(import.meta.dirname, "../../../..");
/** Downloads and builds may take this long, in ms. */
const LIMIT = 15 * 60_000;
const TOKEN = "correct-horse";
/** The line of the Java commands that downloads the agent with its plugins. */
const RELEASE = /^curl .*java-agent.*\| tar xz$/m;

const runs = (...command) => spawnSync(command[0], command.slice(1)).status === 0;

/** The command that asks whether an address can be reached. */
function reaches(address) {
  return ["curl", "-fsSI", "--max-time", "30", address];
}

const GO_PROXY = "https://proxy.golang.org";
const TOOLKIT = "https://repo1.maven.org/maven2/org/apache/skywalking/apm-toolkit-trace/9.4.0/"
  + "apm-toolkit-trace-9.4.0.jar";

/** Commands that succeed if a language's tools and its registry of packages are available. */
const NEEDS = {
  Rust: [["cargo", "--version"], reaches("https://index.crates.io/config.json")],
  Go: [["go", "version"], reaches(`${GO_PROXY}/github.com/!sky!a!p!m/go2sky/@v/v1.5.0.mod`)],
  Java: [["javac", "--version"], ["mvn", "--version"], reaches(TOOLKIT)],
  Python: [["python3", "-c", "import venv, ensurepip"], reaches("https://pypi.org/simple/flask/")],
};

/** Fails if CI=true. Otherwise returns the command that fails here. */
function missing(name) {
  const failed = NEEDS[name].find((command) => !runs(...command))?.join(" ");
  assert.ok(!failed || process.env.CI !== "true", `${failed} fails`);
  return failed;
}

/** Runs commands in a new folder. `failed` rejects if they fail; `stop` ends what they started. */
function run(commands, folder) {
  const log = join(folder, "..", "log.txt");
  const output = openSync(log, "w");
  const env = { ...process.env, CARGO_TARGET_DIR: join(process.env.PAGES_FOLDER, "first-steps") };
  for (const name of Object.keys(env)) if (name.startsWith("SW_")) delete env[name];
  // A group of its own: the commands leave a server in the background.
  const shell = spawn("bash", ["-e", "-o", "pipefail", "-c", commands], {
    cwd: folder, env, detached: true, stdio: ["ignore", output, output],
  });
  closeSync(output);
  const exit = new Promise((resolve) => shell.on("exit", resolve));
  const failed = new Promise((_, reject) => exit.then((code) => {
    if (code) reject(new Error(`the commands ended with ${code}:\n${readFileSync(log, "utf8")}`));
  }));
  failed.catch(() => {});
  const stop = async () => {
    try {
      process.kill(-shell.pid, "SIGKILL");
    } catch (error) {
      if (error.code !== "ESRCH") throw error;
    }
    await exit;
  };
  return { failed, stop };
}

/** Fetches the core of the Java agent from Maven Central. It has no plugins. */
function javaAgentWithoutPlugins(folder) {
  const agent = join(folder, "hello/skywalking-agent");
  mkdirSync(join(agent, "plugins"), { recursive: true });
  const artifact = "-Dartifact=org.apache.skywalking:apm-agent:9.4.0";
  const copied = spawnSync("mvn", ["-q", "-B", "dependency:copy", artifact,
    `-DoutputDirectory=${agent}`, "-Dmdep.stripVersion=true"], { cwd: folder, encoding: "utf8" });
  assert.equal(copied.status, 0, copied.stdout + copied.stderr);
  symlinkSync("apm-agent.jar", join(agent, "skywalking-agent.jar"));
}

/** Returns the address of the Java agent's release if it can't be reached. */
function unreachableRelease(text) {
  const address = text.match(/^DIST=(.*?)\$V$/m)[1];
  return runs(...reaches(address)) ? undefined : address;
}

/** Returns the commands on the empty page for a language, with the token that the user enters. */
async function commands(page, collector, name, token) {
  await page.goto(`${collector.url}/traces`);
  if (token) {
    const dialog = page.getByRole("dialog", { name: "Token" });
    await dialog.getByLabel("Token", { exact: true }).fill(token);
    await dialog.getByRole("button", { name: "Use this token" }).click();
  }
  await page.getByRole("tab", { name, exact: true }).click();
  const text = await page.getByLabel(`Commands for ${name}`, { exact: true }).textContent();
  assert.ok(text.includes(collector.grpcAddr), text);
  assert.equal(text.includes("YOUR_TOKEN"), Boolean(token), text);
  return token ? text.replace("YOUR_TOKEN", token) : text;
}

useBrowser();

/** Languages with a token in the commands. Those of the others are environment variables. */
const WITH_TOKEN = ["Go", "Java"];

for (const name of ["Rust", "Go", "Java", "Python"]) {
  for (const token of WITH_TOKEN.includes(name) ? [undefined, TOKEN] : [undefined]) {
    const title = `first steps in ${name}${token ? " with a token" : ""} reach the collector`;
    pageTest(title, {}, async (page, t) => {
      const command = missing(name);
      if (command) return t.skip(`skipped: ${command} fails`);

      const parent = mkdtempSync(join(tmpdir(), "first-steps-"));
      const folder = join(parent, "new");
      mkdirSync(folder);
      if (name === "Rust") symlinkSync(REPOSITORY, join(folder, "skywalking-rust"));
      const collector = await startCollector({ token });
      let shell;
      try {
        let text = await commands(page, collector, name, token);
        // Without the release there are no plugins: the agent reports itself and makes no spans.
        const release = name === "Java" && unreachableRelease(text);
        if (release) {
          t.diagnostic(`${release} can't be downloaded: the agent without plugins makes no spans`);
          javaAgentWithoutPlugins(folder);
          text = text.replace(RELEASE, "true").replace("mkdir hello", "mkdir -p hello");
        }
        const began = Date.now();
        shell = run(text, folder);
        const arrived = release
          ? until(async () => (await collector.get("/api/instances")).length > 0, "java", LIMIT)
          : traces(page).first().waitFor({ timeout: LIMIT });
        arrived.catch(() => {});
        await Promise.race([arrived, shell.failed]);
        t.diagnostic(`arrived after ${((Date.now() - began) / 1000).toFixed(1)} s`);
        if (!release) assert.match(await traces(page).first().textContent(), /hello/);
        const services = await collector.get("/api/services");
        assert.deepEqual(services.map((service) => service.name), ["hello"]);
        const instances = await until(async () => {
          const known = await collector.get("/api/instances");
          return known.some(({ properties }) => properties.length > 0) && known;
        }, "properties of the instance");
        t.diagnostic(JSON.stringify(instances[0].properties.slice(0, 5)));
      } finally {
        await shell?.stop();
        await collector.stop();
        rmSync(parent, { recursive: true, force: true });
      }
    });
  }
}
