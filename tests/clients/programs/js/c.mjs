// usage: c.mjs fetch|http|net|axios|got|undici HOST PORT -- each with its defaults. REPEAT: so many requests.
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [client, host, port] = process.argv.slice(2);
const url = port === "443" ? `https://${host}/` : `http://${host}:${port}/`;

// Each library is in a folder of its own.
const library = (name) => createRequire(`${process.env.NPM}/${name}/x.js`);
const load = async (name) => import(pathToFileURL(library(name).resolve(name)).href);

// Each level of causes, and the members of an AggregateError.
const show = (error) => {
  const levels = [];
  for (let at = error; at; at = at.cause) {
    const members = at.errors ? ` [${at.errors.map((member) => member.message).join(" | ")}]` : "";
    levels.push(`${at.name}: ${at.message} ${at.code ?? ""}${members}`);
  }
  return levels.join(" <- ");
};

const get = () =>
  new Promise((done, fail) => {
    const request = (port === "443" ? https : http).get(url, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (part) => (body += part));
      response.on("end", () => done(body));
      response.on("error", fail);
    });
    request.on("error", fail);
  });

const connect = () =>
  new Promise((done, fail) => {
    let body = "";
    const socket = net.connect(Number(port), host, () => {
      socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    });
    socket.on("data", (part) => (body += part));
    socket.on("end", () => done(body));
    socket.on("error", fail);
  });

const clients = {
  fetch: async () => (await fetch(url)).text(),
  http: get,
  net: connect,
  axios: async () => (await library("axios")("axios").get(url)).data,
  undici: async () => (await library("undici")("undici").request(url)).body.text(),
  got: async () => (await (await load("got")).got(url)).body,
};

try {
  for (let times = Number(process.env.REPEAT ?? 1); times > 0; times--) console.log(await clients[client]());
  process.exit(0);
} catch (error) {
  console.log(show(error));
  process.exit(1);
}
