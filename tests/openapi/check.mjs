// Holds the description of the API against a validator, every answer of a running worker against its schema, and uses a
// client that is generated from it. `node check.mjs ORIGIN`, with ADMIN_TOKEN and VANTAGE_TOKEN (of one vantage) in the
// environment; says each thing that is wrong, and ends with 1 then.

import { Validator } from "@seriousme/openapi-schema-validator";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import createClient from "openapi-fetch";
import openapiTS, { astToString } from "openapi-typescript";
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const origin = process.argv[2];
const wrong = [];
const note = (what) => wrong.push(what);
const here = dirname(fileURLToPath(import.meta.url));

const description = await (await fetch(`${origin}/api/v1/openapi.json`)).json();

// 1. It is OpenAPI 3.1.
const validated = await new Validator().validate(structuredClone(description));
if (!validated.valid) note(`no valid OpenAPI: ${JSON.stringify(validated.errors)}`);

// 2. Answers are what it says, and have nothing that it does not say.
const strict = structuredClone(description);
const closed = (schema, isPart) => {
  if (Array.isArray(schema)) return schema.forEach((one) => closed(one, isPart));
  if (schema === null || typeof schema !== "object") return;
  // A part of a whole knows only its own fields; the whole is closed.
  const hasFields = schema.properties || schema.oneOf || schema.anyOf || schema.allOf;
  const isChoice = !schema.properties && !schema.allOf;
  if (hasFields && !isPart && !isChoice && schema.additionalProperties === undefined) schema.unevaluatedProperties = false;
  for (const [name, value] of Object.entries(schema)) {
    if (name === "properties" || name === "$defs") Object.values(value).forEach((one) => closed(one, false));
    else if (["allOf", "oneOf", "anyOf"].includes(name)) closed(value, isPart || Boolean(schema.properties || schema.allOf));
    else if (["items", "additionalProperties", "prefixItems"].includes(name)) closed(value, false);
  }
};
Object.values(strict.components.schemas).forEach((schema) => closed(schema, false));
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
addFormats(ajv);
for (const format of ["uint16", "uint32", "uint64", "uint", "uint8", "ip", "int64"]) ajv.addFormat(format, true);
ajv.addSchema({ $id: "api", ...strict });
const pointer = (path, status, type, method = "get") =>
  `api#/paths/${path.replaceAll("~", "~0").replaceAll("/", "~1").replaceAll("{", "%7B").replaceAll("}", "%7D")}` +
  `/${method}/responses/${status}/content/${type.replaceAll("/", "~1").replaceAll(" ", "%20")}/schema`;

const incidents = (await (await fetch(`${origin}/api/v1/incidents`)).json()).incidents;
const targets = (await (await fetch(`${origin}/api/v1/status`)).json()).targets;
const values = { "{slug}": targets.map((target) => target.slug), "{id}": incidents.map((incident) => incident.id) };
if (incidents.length === 0) note("there is no incident to look at");
let asked = 0;
const EVENT_STREAM = "text/event-stream";
/** Reads a stream, which has no end that one could wait for, up to its first whole event, and leaves. */
const firstEvent = async (response, url) => {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  // What precedes it may have no data, such as the time after which to come back.
  while (!/(^|\n)data:.*\n(.+\n)*\n/.test(text)) {
    const { value, done } = await reader.read();
    if (done) {
      note(`${url}: it ends before its first event: ${JSON.stringify(text)}`);
      return text;
    }
    text += value;
  }
  await reader.cancel();
  return text;
};
const check = async (path, url, validate, status, type) => {
  const response = await fetch(origin + url);
  const got = response.headers.get("content-type");
  if (response.status !== status || got !== type) note(`${url}: ${response.status} ${got}, not ${status} ${type}`);
  const body = got?.includes("json") ? await response.json() : got === EVENT_STREAM ? await firstEvent(response, url) : await response.text();
  asked += 1;
  if (!validate(body)) note(`${url}: ${JSON.stringify(validate.errors.slice(0, 5))}`);
};
const problem = ajv.compile({ $ref: "api#/components/responses/Problem/content/application~1problem+json/schema" });
for (const [path, { get }] of Object.entries(description.paths)) {
  if (!get || get.security.length > 0) continue;
  const [type] = Object.keys(get.responses["200"].content);
  const validate = ajv.compile({ $ref: pointer(path, 200, type) });
  const place = Object.keys(values).find((name) => path.includes(name));
  const urls = place ? values[place].map((value) => path.replace(place, value)) : [path];
  for (const url of urls) {
    const queries = [""];
    for (const { name, in: where, schema } of get.parameters ?? []) {
      if (where !== "query") continue;
      if (name === "lang") queries.push("?lang=de");
      else if (name === "group") continue; // There is none here.
      else if (schema.enum) queries.push(...schema.enum.map((value) => `?${name}=${value}`));
      else if (schema.type === "integer") queries.push(`?${name}=1`);
      else if (["from", "before", "to"].includes(name)) queries.push(`?${name}=${new Date(Date.now() - 60_000).toISOString()}`);
      else queries.push(`?${name}=${targets[0].slug}`);
    }
    // Whose check it is must be said.
    for (const query of queries) if (!path.endsWith("/check") || query.includes("target=")) await check(path, url + query, validate, 200, type);
    await check(path, `${url}?no-such=1`, problem, 400, "application/problem+json");
  }
  if (place) await check(path, path.replace(place, "nobody"), problem, 404, "application/problem+json");
}

// What the schemas are for: a field that is not described, and one that is missing, are found.
const status = ajv.compile({ $ref: pointer("/api/v1/status", 200, "application/json") });
const good = await (await fetch(`${origin}/api/v1/status`)).json();
const spoilt = [
  (document) => (document.surprise = 1),
  (document) => (document.targets[0].surprise = 1),
  (document) => (document.targets[0].ipv6.surprise = 1),
  (document) => delete document.targets[0].ipv4,
  (document) => (document.targets[0].ipv4.cause = "no.such"),
  (document) => (document.published_at = "yesterday"),
];
for (const spoil of spoilt) {
  const document = structuredClone(good);
  spoil(document);
  if (status(document)) note(`this passes: ${spoil}`);
}

// 3. A generated client: its types compile against how it is used, a wrong use does not, and it reads what is there.
// Where packages are found from.
const folder = mkdtempSync(join(here, "node_modules/.client-"));
try {
  writeFileSync(join(folder, "api.d.ts"), astToString(await openapiTS(description)));
  const use = (extra) => `
    import createClient from "openapi-fetch";
    import type { paths } from "./api.js";
    const client = createClient<paths>({ baseUrl: "" });
    const { data, error } = await client.GET("/api/v1/targets/{slug}", { params: { path: { slug: "good" } } });
    const cause: string | null | undefined = data?.status.ipv6.cause;
    const detail: string | undefined = error?.detail;
    const history = await client.GET("/api/v1/targets/{slug}/history", { params: { path: { slug: "good" }, query: { size: "1h" } } });
    const rounds: number | undefined = history.data?.buckets[0]?.ipv6.rounds;
    ${extra}
    export { cause, detail, rounds };`;
  const compile = (extra) => {
    const file = join(folder, "use.mts");
    writeFileSync(file, use(extra));
    const options = {
      strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, types: [],
    };
    const program = ts.createProgram([file], options);
    return ts.getPreEmitDiagnostics(program).map((one) => ts.flattenDiagnosticMessageText(one.messageText, "\n"));
  };
  const said = compile("");
  if (said.length > 0) note(`the generated types do not fit: ${said.join("; ")}`);
  for (const extra of ["data?.status.ipv9;", 'await client.GET("/api/v1/nothing");', "const n: number = data!.status.slug;"]) {
    if (compile(extra).length === 0) note(`this compiles: ${extra}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
const client = createClient({ baseUrl: origin });
const one = await client.GET("/api/v1/targets/{slug}", { params: { path: { slug: targets[0].slug } } });
if (one.data?.status.slug !== targets[0].slug) note(`the client reads ${JSON.stringify(one)}`);
const none = await client.GET("/api/v1/targets/{slug}", { params: { path: { slug: "nobody" } } });
if (none.error?.status !== 404) note(`the client is told ${JSON.stringify(none)}`);
const some = await client.GET("/api/v1/status", { params: { query: { limit: 1 } } });
if (some.data?.targets.length !== 1) note("the client's parameters do not arrive");

// 4. What needs a token: it is refused without one as it says, and does with one what it says.
const { ADMIN_TOKEN, VANTAGE_TOKEN } = process.env;
const vantage = VANTAGE_TOKEN.split(".")[0];
const [first] = targets;
const round = { ...(await (await fetch(`${origin}/api/v1/targets/${first.slug}`)).json()).last_round };
round.vantage = { ...round.vantage, name: vantage };
const batch = JSON.stringify({ version: 1, vantage, rounds: [{ slug: first.slug, seq: 1, round }] });
const yaml = "targets: [{ url: 'https://good.example/', interval: 1h }, { url: 'https://other.example/', interval: 1h }]";
/** What is sent to each: what is taken, and what is refused, with its status. */
const sent = {
  putConfiguration: [
    ["application/yaml", yaml, 200],
    ["application/json", JSON.stringify({ name: "dualwatch.yml", text: yaml, files: {} }), 200],
    ["application/json", "{", 400],
    ["application/yaml", "targets: 7", 422],
    ["application/yaml", "#".repeat(2 * 1024 * 1024 + 1), 413],
  ],
  loadRounds: [["application/x-ndjson", "", 200], ["application/x-ndjson", "no JSON", 400]],
  sendRounds: [["application/json", batch, 200], ["application/json", "{}", 400], ["application/json", batch.replace(`"vantage":"${vantage}"`, '"vantage":"another"'), 401]],
};
const request = (path, method, operation, type, body) => {
  const headers = type ? { "content-type": type } : {};
  const named = Object.keys(operation.security[0] ?? {});
  if (named.includes("admin")) headers.authorization = `Bearer ${ADMIN_TOKEN}`;
  if (named.includes("vantage")) headers.authorization = `Bearer ${VANTAGE_TOKEN}`;
  if (named.includes("signature")) {
    const at = Math.floor(Date.now() / 1000);
    headers["dualwatch-id"] = "of-the-description";
    headers["dualwatch-timestamp"] = String(at);
    headers[description.components.securitySchemes.signature.name] =
      `v1,${createHmac("sha256", VANTAGE_TOKEN).update(`of-the-description.${at}.${body}`).digest("base64")}`;
  }
  return fetch(origin + path.replace("{slug}", first.slug), { method: method.toUpperCase(), headers, body });
};
// What is taken last is another configuration.
const closedOnes = Object.entries(description.paths)
  .flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => [path, method, operation]))
  .filter(([, , { security }]) => security.length > 0)
  .sort(([a], [b]) => a.endsWith("/config") - b.endsWith("/config"));
for (const [path, method, operation] of closedOnes) {
  const refused = await fetch(origin + path.replace("{slug}", first.slug), { method: method.toUpperCase(), ...(method !== "get" && { body: "" }) });
  asked += 1;
  const why = await refused.json();
  if (refused.status !== 401 || refused.headers.get("www-authenticate") !== "Bearer" || !problem(why)) note(`${method} ${path} without a token: ${refused.status} ${JSON.stringify(why)}`);
  for (const [type, body, status] of sent[operation.operationId] ?? [[undefined, undefined, 200]]) {
    const answer = await request(path, method, operation, type, body);
    const got = answer.headers.get("content-type");
    const told = await answer.json();
    asked += 1;
    if (!operation.responses[status]) note(`${method} ${path}: ${status} is not described`);
    const validate = status === 200 ? ajv.compile({ $ref: pointer(path, 200, "application/json", method) }) : problem;
    const expected = status === 200 ? "application/json" : "application/problem+json";
    if (answer.status !== status || got !== expected) note(`${method} ${path}: ${answer.status} ${got}, not ${status}: ${JSON.stringify(told).slice(0, 300)}`);
    else if (!validate(told)) note(`${method} ${path}: ${JSON.stringify(validate.errors.slice(0, 5))}`);
    const takes = ajv.compile({ $ref: "api#/components/schemas/VantageBatch" });
    if (operation.operationId === "sendRounds" && status === 200 && !takes(JSON.parse(body))) note(`what is taken is not as described: ${JSON.stringify(takes.errors.slice(0, 5))}`);
  }
}

for (const what of wrong) console.error(what);
console.log(`${asked} answers were looked at, ${wrong.length} things are wrong`);
process.exitCode = wrong.length > 0 ? 1 : 0;
