// nginx and Caddy in front of the worker, with the files of `web/proxy`, in which only names, ports and certificates are others.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually } from "./support.mjs";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const PEM = join(ROOT, "tests", "browser", "front.pem");

/** Returns the program, unpacked by `cargo xtask test`, or on the path. */
async function find(name) {
  const unpacked = ["bin", "sbin"].map((bin) => join(ROOT, "target", "tools", name, "usr", bin));
  for (const folder of [...unpacked, ...process.env.PATH.split(delimiter)]) {
    const path = join(folder, name);
    if (await access(path).then(() => true, () => false)) return path;
  }
  throw new Error(`${name} is missing; \`cargo xtask test browser\` gets it`);
}

const shown = (file) => readFile(join(ROOT, "web", "proxy", file), "utf8");

/** Returns the options of `serve` that a file names. */
export async function optionsOf(file) {
  const line = (await shown(file)).match(/^# dualwatch: (.*)$/m);
  return line[1].split(" ");
}

function change(text, from, to) {
  if (!text.includes(from)) throw new Error(`${from} is not in\n${text}`);
  return text.replaceAll(from, to);
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** What each program is started with, of a file that is changed. */
const PROGRAMS = {
  async nginx(text, name, port, dir) {
    let site = change(text, "listen 443 ssl;", `listen 127.0.0.1:${port} ssl;`);
    site = change(site, "listen [::]:443 ssl;", `listen [::1]:${port} ssl;`);
    site = change(change(site, `/etc/ssl/${name}.pem`, PEM), `/etc/ssl/${name}.key`, PEM);
    await writeFile(join(dir, "site.conf"), site);
    const temp = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((of) => `${of}_temp_path ${dir}/${of};`).join(" ");
    const around = `daemon off; master_process off; pid ${dir}/pid; events {} http { access_log off; ${temp} include ${dir}/site.conf; }`;
    await writeFile(join(dir, "nginx.conf"), around);
    return ["-e", "stderr", "-p", dir, "-c", join(dir, "nginx.conf")];
  },
  async caddy(text, name, port, dir) {
    // At `localhost` every question of the self-test has a name of its own, which Caddy has to know.
    const hosts = ["localhost", "*.localhost", "127.0.0.1", "[::1]"].map((host) => `https://${host}:${port}`).join(", ");
    const site = change(text, `${name} {\n`, `${hosts} {\n\tbind 127.0.0.1 ::1\n\ttls ${PEM} ${PEM}\n`);
    const global = `{\n\tadmin off\n\tauto_https disable_redirects\n\tstorage file_system ${dir}/store\n}\n`;
    await writeFile(join(dir, "Caddyfile"), global + site);
    return ["run", "--adapter", "caddyfile", "--config", join(dir, "Caddyfile")];
  },
};

/** Starts a proxy in front of a worker; both listen on both loopback addresses. */
export async function startProxy(program, file, worker) {
  const [dir, port] = [await mkdtemp(join(tmpdir(), "dualwatch-proxy-")), await freePort()];
  const name = file.includes("sub-path") ? "www.example" : "status.example";
  const text = change(await shown(file), "127.0.0.1:8787", new URL(worker).host);
  const args = await PROGRAMS[program](text, name, port, dir);
  const child = spawn(await find(program), args, { env: { ...process.env, HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir }, stdio: ["ignore", "ignore", "pipe"] });
  const log = [];
  child.stderr.setEncoding("utf8").on("data", (said) => log.push(said));
  const ended = once(child, "exit");
  await eventually(`${program} listens`, async () => {
    if (child.exitCode !== null) throw new Error(log.join(""));
    const socket = connect(port, "127.0.0.1");
    return new Promise((resolve) => socket.on("connect", () => resolve(true)).on("error", () => resolve(false))).finally(() => socket.destroy());
  });
  return {
    origin: `https://localhost:${port}`,
    async stop() {
      if (child.exitCode === null) {
        child.kill("SIGTERM");
        await ended;
      }
      await rm(dir, { recursive: true, force: true });
    },
  };
}
