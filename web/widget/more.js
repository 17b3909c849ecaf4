// What only some widgets need, and what is loaded only then: to ask the service from the reader's browser, on a click, and
// what floats above the page. The build puts the words and the style (float.css) in the places of the names in capitals.

const WORDS = __WORDS__;
const TIMEOUT_MS = 5_000;

const blocked = new Set();
document.addEventListener("securitypolicyviolation", (event) => blocked.add(event.blockedURI));
const options = () => ({ cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer", signal: AbortSignal.timeout(TIMEOUT_MS) });
const sleep = (ms) => new Promise((resume) => setTimeout(resume, ms));

/** Asks once; comes to what became of it. `proves` says whether an answer is the one that was asked for. */
const askOnce = async (url, mode, proves) => {
  try {
    const answer = await fetch(url, { ...options(), mode });
    return (await proves(answer)) ? "ok" : "failed";
  } catch {
    // The event of a policy that forbids it may come after the failure.
    await sleep(0);
    return blocked.has(url) ? "not_measured" : "failed";
  }
};

/** Asks again before anything is called failed. */
const ask = async (url, mode, proves) => {
  if (!url) return "not_measured";
  const isSecure = !url.startsWith("http:") || /^http:\/\/([^/]*\.)?(localhost|127\.[\d.]+|\[::1\])[:/]/.test(url);
  // A page that came securely is not let to anything else, and that says nothing of the service.
  if (location.protocol == "https:" && !isSecure) return "not_measured";
  const found = await askOnce(url, mode, proves);
  if (found != "failed") return found;
  await sleep(1_000);
  return askOnce(url, mode, proves);
};

const control = (url, family) => {
  if (!url) return "not_measured";
  const nonce = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return ask(`${url}?nonce=${nonce}`, "cors", async (answer) => {
    const said = await answer.json();
    return said.nonce == nonce && said.family == family;
  });
};

/** Asks the service over each family, and what proves the reader's own connection; comes to the verdict, with its code. */
export const check = async (address) => {
  const facts = await (await fetch(address, options())).json();
  const ways = ["ipv4", "ipv6", "dual_stack"];
  // An endpoint that nobody has configured comes without a scheme: it is our own server's.
  const near = (url) => url && new URL(url, address).href;
  const controls = ["ipv4", "ipv6"].map((family) => control(near(facts.routes[family].control), family));
  const targets = ways.map((way) => ask(near(facts.routes[way].target), "no-cors", () => true));
  const [ipv4, ipv6] = await Promise.all(controls);
  const found = await Promise.all(targets);
  // A reader who has both works if one does.
  const both = [ipv4, ipv6];
  const ours = { ipv4, ipv6, dual_stack: ["ok", "not_measured"].find((one) => both.includes(one)) ?? "failed" };
  const routes = {};
  ways.forEach((way, i) => (routes[way] = { target: found[i], control: ours[way], ...facts.routes[way].says[found[i]][ours[way]] }));
  const asked = ways.filter((way) => routes[way].target != "not_measured");
  if (!asked.length) return { side: "unknown", text: `${facts.not_asked} ${(address + "").split("/api/v1/")[0] + facts.self_test}`, routes };
  const side = ["them", "between", "you", "unknown", "none"].find((side) => asked.some((way) => routes[way].side == side));
  const texts = new Set(asked.filter((way) => routes[way].side == side).map((way) => routes[way].text));
  return { side, text: `${facts.sides[side]}: ${[...texts].join("; ")}.`, routes };
};

let sheet;

/** Lets a widget float: as a button that opens it, or as a banner while something is wrong. */
export const float = (host) => {
  const root = host.shadowRoot;
  const box = root.querySelector("[part=box]");
  if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(__STYLE__);
  if (root.adoptedStyleSheets.includes(sheet)) return;
  root.adoptedStyleSheets.push(sheet);
  const words = (WORDS.find((words) => words.startsWith(box.lang)) ?? WORDS[0]).split("|");
  const make = (name, part, ...inside) => {
    const element = document.createElement(name);
    element.part = part;
    element.append(...inside);
    return element;
  };
  const mark = make("i", "mark");
  mark.ariaHidden = true;
  const button = make("details", "float", make("summary", "button", mark, " " + words[1]));
  const close = make("button", "close", "×");
  close.ariaLabel = words[2];
  root.prepend(button);
  button.append(box);
  box.append(close);
  const follow = () => {
    const isBanner = host.getAttribute("variant") == "banner";
    mark.className = host.status.tone ?? "";
    // A banner that was closed comes back with the next change.
    button.className = host.getAttribute("variant");
    button.open = isBanner || button.open;
  };
  close.onclick = () => {
    if (button.className == "button") button.open = false;
    else button.className = "";
    if (button.className == "button") button.firstChild.focus();
  };
  button.addEventListener("keydown", (event) => {
    if (event.key == "Escape") close.onclick();
  });
  host.addEventListener("statuschange", follow);
  follow();
};
