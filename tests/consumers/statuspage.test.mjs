// Clients of Statuspage, unchanged, read the worker at ORIGIN: an incident that lasts, one that was amended and is over,
// maintenance that goes on and some that is to come. `cargo test --test consumers` brings all that about.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { JSDOM } from "jsdom";

const require = createRequire(import.meta.url);
const { Statuspage } = require("statuspage.io");
const { ORIGIN } = process.env;

const STATUSES = ["operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance"];

test("statuspage.io reads every document", async () => {
  const client = new Statuspage("page");
  client.setApiUrl(ORIGIN);
  const { api } = client;

  const { page, status } = await api.getStatus();
  assert.equal(page.url, ORIGIN);
  assert.match(page.id, /^[a-z0-9-]+$/);
  assert.ok(["minor", "major"].includes(status.indicator), status.indicator);

  const { components } = await api.getComponents();
  const ids = components.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const component of components) {
    assert.ok(STATUSES.includes(component.status), JSON.stringify(component));
    assert.equal(component.group, component.components !== undefined);
    assert.ok(component.name && component.created_at && component.updated_at);
    if (component.group) {
      assert.deepEqual(component.components, ["ipv4", "ipv6", "dual-stack"].map((way) => `${component.id}--${way}`));
      assert.ok(component.components.every((id) => ids.includes(id)));
    } else {
      assert.ok(ids.includes(component.group_id));
    }
  }
  const stands = Object.fromEntries(components.map(({ id, status }) => [id, status]));
  assert.equal(stands["mail--ipv4"], "operational");
  assert.equal(stands["mail--ipv6"], "major_outage");
  assert.equal(stands["mail--dual-stack"], "operational");
  assert.equal(stands.mail, "partial_outage");
  assert.equal(stands["web--ipv6"], "under_maintenance");
  assert.equal(stands.web, "under_maintenance");

  const { incidents } = await api.incidents.getAll();
  const unresolved = (await api.incidents.getUnresolved()).incidents;
  assert.deepEqual(unresolved.map(({ id }) => id), incidents.filter(({ status }) => status !== "resolved").map(({ id }) => id));
  const [mail] = unresolved;
  assert.match(mail.id, /^mail-\d{8}T\d{6}Z$/);
  assert.equal(mail.status, "investigating");
  assert.equal(mail.resolved_at, null);
  assert.equal(mail.shortlink, `${ORIGIN}/incidents/${mail.id}`);
  const shop = incidents.find(({ id }) => id.startsWith("shop-"));
  assert.equal(shop.status, "resolved");
  assert.equal(shop.impact, "major");
  const updates = shop.incident_updates;
  assert.equal(updates[0].status, "resolved");
  assert.ok(updates.length >= 3, JSON.stringify(updates));
  const times = updates.map(({ display_at }) => Date.parse(display_at));
  assert.deepEqual(times, [...times].sort((a, b) => b - a), "the newest first");
  assert.ok(updates.every(({ incident_id, body }) => incident_id === shop.id && body.length > 5));
  assert.equal(new Set(updates.map(({ id }) => id)).size, updates.length);
  assert.deepEqual(updates[0].affected_components.map(({ new_status }) => new_status).filter((s) => s !== "operational"), []);

  // This client asks for what is to come where it means all of them, or what goes on.
  const listed = async (path) => (await (await fetch(`${ORIGIN}/api/v2/${path}`)).json()).scheduled_maintenances;
  const [all, active] = [await listed("scheduled-maintenances.json"), await listed("scheduled-maintenances/active.json")];
  const upcoming = (await api.scheduledMaintenances.getUpcoming()).scheduled_maintenances;
  assert.deepEqual(active.map(({ status, impact }) => [status, impact]), [["in_progress", "maintenance"]]);
  assert.deepEqual(upcoming.map(({ status }) => status), ["scheduled"]);
  assert.equal(all.length, 2);
  assert.ok(Date.parse(active[0].scheduled_for) < Date.now() && Date.parse(active[0].scheduled_until) > Date.now());

  const summary = await api.getSummary();
  assert.deepEqual(summary.incidents.map(({ id }) => id), [mail.id]);
  assert.deepEqual(new Set(summary.scheduled_maintenances.map(({ id }) => id)), new Set(all.map(({ id }) => id)));
  assert.equal(summary.components.length, components.length);
});

test("what an exporter fails at is not there", async () => {
  // statuspage-prometheus-exporter 2.6.0: a page of which any of these is null is not read at all.
  const summary = await (await fetch(`${ORIGIN}/api/v2/summary.json`)).json();
  for (const { name, status } of summary.components) assert.ok(typeof name === "string" && typeof status === "string");
  for (const { name, impact, status, components, incident_updates } of [...summary.incidents, ...summary.scheduled_maintenances]) {
    assert.ok([name, impact, status].every((text) => typeof text === "string"));
    assert.ok(Array.isArray(components) && Array.isArray(incident_updates));
    for (const { body, affected_components } of incident_updates) {
      assert.ok(typeof body === "string" && Array.isArray(affected_components));
    }
  }
});

test("Atlassian's own widget shows the status in a foreign page", async () => {
  // jsdom holds its requests to CORS, as browsers do. The widget asks the root of the host, whatever path it is given.
  const dom = new JSDOM("<!doctype html><body></body>", { url: "https://foreign.example/", runScripts: "outside-only" });
  const { window } = dom;
  try {
    window.eval(readFileSync(new URL("node_modules/@statuspage/status-widget/dist/index.js", import.meta.url), "utf8"));
    const widget = window.document.createElement("statuspage-widget");
    widget.setAttribute("src", `${ORIGIN}/some/page`);
    window.document.body.append(widget);
    const shown = await until(() => widget.shadowRoot?.querySelector(".status-indicator"));
    const { status } = await (await fetch(`${ORIGIN}/api/v2/status.json`)).json();
    assert.ok(shown.classList.contains(status.indicator), shown.className);
    assert.equal(widget.shadowRoot.querySelector(".status-text").textContent, status.description);
  } finally {
    window.close();
  }
});

async function until(look) {
  for (const end = Date.now() + 20_000; Date.now() < end; ) {
    const found = look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail("not within 20 s");
}
