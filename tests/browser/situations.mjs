// The table of situations, and what differs from it.
import { readFileSync } from "node:fs";

const text = readFileSync(new URL("situations.tsv", import.meta.url), "utf8");
const [names, ...lines] = text.split("\n").filter((line) => line && !line.startsWith("#")).map((line) => line.split("\t"));
export const SITUATIONS = lines.map((line) => Object.fromEntries(names.map((name, i) => [name, line[i]])));

/** Returns the rows of a place (`loopback`, `lab`) for a browser. */
export function rowsOf(place, browser) {
  return SITUATIONS.filter((row) => row.place === place && (row.browser === "both" || row.browser === browser.toLowerCase()));
}

/** Firefox reports as errors of the page what it does not let the page do. */
const EXPECTED = /blocked|Blocked/;

/** Returns what a page shows, by the columns of the table: of the service, where the situation is about one. */
export function shown(seen) {
  if (seen.services) {
    const { ipv4, ipv6, dual_stack: dual } = seen.services;
    return {
      state_ipv4: ipv4.verdict, state_ipv6: ipv6.verdict, preferred: dual.verdict, helpdesk: "-", scores: "-",
      cause: [ipv4, ipv6, dual].map(({ cause }) => cause).join("/"), side: [ipv4, ipv6, dual].map(({ side }) => side).join("/"),
    };
  }
  const scores = [seen.scoreIpv4, seen.scoreIpv6].map((score) => score ?? "-").join("/");
  return {
    state_ipv4: seen.ipv4, state_ipv6: seen.ipv6, preferred: seen.preferred ?? "-", cause: seen.cause, side: seen.side,
    helpdesk: seen.helpdesk ?? "-", scores,
  };
}

/** Returns in words what a page shows that its row does not say. */
export function differences(row, seen) {
  const wrong = [];
  const differing = Object.entries(shown(seen)).filter(([name, value]) => row[name] !== "*" && !row[name].split("|").includes(value));
  if (differing.length > 0) {
    const told = differing.map(([name, value]) => `${name} is ${value}, not ${row[name]}`);
    wrong.push(`${row.situation}: ${told.join("; ")}: ${seen.said}\n${JSON.stringify(seen.questions)}`);
  }
  // Whom nobody can be sure of is not accused, and the row says why not.
  if (row.side.split(/[|/]/).includes("unknown") && !row.why) wrong.push(`${row.situation}: the row does not say why nobody can tell`);
  for (const [question, { state, afterMs, noticed }] of Object.entries(seen.questions)) {
    if (state === "waiting") wrong.push(`${row.situation}: ${question} is still waiting`);
    // What is noticed without asking takes no time.
    if (state === "ok" && noticed === undefined && afterMs === undefined) wrong.push(`${row.situation}: ${question} has no time`);
  }
  wrong.push(...(seen.complaints ?? []).filter((text) => text.startsWith("uncaught") && !EXPECTED.test(text)).map((text) => `${row.situation}: ${text}`));
  return wrong;
}
