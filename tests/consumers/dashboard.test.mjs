// The dashboard is what Grafana's own types say: its foundation SDK, unchanged, and the compiler. Every field of it is one that
// they know, and of the type that they want.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const here = dirname(fileURLToPath(import.meta.url));
const board = JSON.parse(readFileSync(join(here, "../../web/metrics/dashboard.json"), "utf8"));

/** Returns what the compiler says of this dashboard. */
function compile(dashboard) {
  // Where packages are found from.
  const folder = mkdtempSync(join(here, "node_modules/.dashboard-"));
  try {
    const queries = dashboard.panels.flatMap((panel) => panel.targets);
    const file = join(folder, "board.mts");
    // JSON has the texts of enumerations, and no methods. What is left of a query is held against that of Prometheus.
    writeFileSync(
      file,
      `import type { Dashboard, Panel } from "@grafana/grafana-foundation-sdk/dashboard";
       import type { Dataquery } from "@grafana/grafana-foundation-sdk/prometheus";
       type Json<T> = unknown extends T ? T : T extends string ? \`\${T}\` : T extends number | boolean | null | undefined ? T
         : T extends readonly (infer U)[] ? Json<U>[]
         : { [K in keyof T as T[K] extends (...args: never[]) => unknown ? never : K]: Json<T[K]> };
       type Board = Omit<Json<Dashboard>, "panels" | "annotations"> & { panels: (Omit<Json<Panel>, "targets"> & { targets: Json<Dataquery>[] })[]; annotations?: Json<Dashboard["annotations"]> };
       export const board: Board = ${JSON.stringify(dashboard)};
       export const queries: Json<Dataquery>[] = ${JSON.stringify(queries)};\n`,
    );
    const options = { strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, types: [] };
    const found = ts.getPreEmitDiagnostics(ts.createProgram([file], options));
    return found.map((one) => ts.flattenDiagnosticMessageText(one.messageText, "\n"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("Grafana knows every field of the dashboard", () => {
  assert.deepEqual(compile(board), []);
  // And would say so otherwise.
  for (const spoil of [
    (copy) => (copy.panels[0].surprise = 1),
    (copy) => (copy.panels[0].targets[0].surprise = 1),
    (copy) => (copy.templating.list[0].surprise = 1),
    (copy) => (copy.schemaVersion = "38"),
    (copy) => (copy.templating.list[1].type = "no such kind"),
    (copy) => (copy.panels[1].gridPos.h = "4"),
    (copy) => delete copy.panels[0].targets[0].expr,
  ]) {
    const copy = structuredClone(board);
    spoil(copy);
    assert.notDeepEqual(compile(copy), [], String(spoil));
  }
});
