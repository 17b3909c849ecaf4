// The element <dual-watch>: how a service is over IPv4 and over IPv6, on somebody else's page.
//
// It makes one small request without credentials, stores nothing, and never throws into the page around it: where anything
// is missing, the link inside of the tag stays. What is shown, in which words and how it is drawn is decided where the
// document is made (crates/wire/src/v1/widget.rs); here stand only the words for when there is none. The build puts them
// (crates/words/src/widget.rs), the style (widget.css) and the address of check.js in the places of the names in capitals.

/** What is shown while nothing is known: the places of what will stand there. */
const BEGUN = { ipv4: 1, ipv6: 1, dual_stack: 1 };
const WORDS = __WORDS__;
/** What one tag has asked a moment ago, another one does not ask again. */
const asked = {};

const make = (name, part, ...inside) => {
  const element = document.createElement(name);
  element.part = part;
  element.append(...inside);
  return element;
};

const get = async (url) => {
  const answer = await fetch(url, { credentials: "omit", referrerPolicy: "no-referrer", signal: AbortSignal.timeout(1e4) });
  const field = (name) => answer.headers.get(name);
  // Whoever hosts us answers like that as well once we are gone, but with no problem document.
  if (answer.status == 404 && /problem/.test(field("content-type"))) return { state: "missing" };
  const said = await answer.json();
  // What a store on the way hands out while we are gone is no state of now; what has no families is none of ours.
  if (!answer.ok || field("age") > 300 || !said.ipv4 || !said.ipv6) throw 0;
  // The reader's clock may be wrong.
  said.at = field("date") || said.as_of;
  return said;
};

const begin = (host) => {
  const list = make("span", "list");
  const link = make("a", "link");
  const check = make("button", "check");
  const result = make("span", "result");
  const spoken = make("span", "spoken");
  const box = make("div", "box", make("slot", "name", link), list, check, result);
  const root = host.attachShadow({ mode: "open" });
  const value = (name) => host.getAttribute(name);
  let words, timer, turn, known;

  const tell = (name, detail) => host.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));

  /** An address of where we come from: at the root of a site, or below a path of it. */
  const site = (path) => new URL(path, value("origin") || import.meta.url.split("assets/")[0]);

  const address = (below = "") => {
    const url = site("api/v1/widget" + below);
    for (const name of ["target", "group"]) if (value(name)) url.searchParams.set(name, value(name));
    url.searchParams.set("lang", words[0]);
    return url;
  };

  /** What only some need: to ask from this browser, and what floats above the page. */
  const more = () => import(site("." + __MORE__));

  const draw = (said) => {
    const item = (name, { state = "", tone, text = "…", since }) => {
      const mark = make("i", "mark");
      mark.className = tone;
      mark.ariaHidden = true;
      const time = new Date(since);
      // Nothing but a time that is there has a place in the text.
      return make("span", `item ${name} ${state}`, mark, " " + text.replace("@", since && time.toLocaleString(words[0], { dateStyle: "short", timeStyle: "short" })));
    };
    const items = (of) => Object.keys(BEGUN).filter((name) => of[name]).map((name) => item(name, of[name]));
    const lead = (link, { name, path }) => {
      link.textContent = name;
      link.href = site("." + path);
      return link;
    };
    const { state, at, path, targets = [] } = said;
    const shown = said.ipv4 ? items(said) : [item(state, { text: state == "missing" ? words[3] : words[1] + (at ? words[2] : ""), since: at })];
    // What cannot be drawn says nothing.
    list.replaceChildren(...shown, ...targets.map((row) => make("span", "row", lead(make("a", "link"), row), ...items(row))));
    host.status = said;
    if (path) lead(link, said);
    box.className = value("variant") + " " + said.tone;
    box.style.colorScheme = value("theme");
    check.hidden = !(check.textContent = said.check) || value("check") === null;
    // The parts say what is what.
    const news = shown.map((item) => item.part) + "";
    if (said != BEGUN && news != known) {
      if (known) spoken.textContent = shown.map((item) => item.textContent) + "";
      known = news;
      tell("statuschange", said);
    }
  };

  /** Asks for news, unless somebody has just done so, and goes on with that while the page is seen. */
  host.refresh = async () => {
    clearTimeout(timer);
    if (!host.isConnected) return;
    // Once: an element that was removed is let go.
    document.addEventListener("visibilitychange", host.refresh, { once: true });
    if (document.hidden) return;
    const mine = (turn = {});
    // What is no number is a minute.
    const everyMs = Math.max(value("every") % 3600 || 60, 30) * 1e3;
    timer = setTimeout(host.refresh, everyMs);
    const now = (Date.now() / everyMs) | 0;
    let url;
    try {
      url = address();
      if (asked[url]?.now != now) asked[url] = { now, said: get(url) };
      const said = await asked[url].said;
      if (mine == turn) draw(said);
    } catch {
      delete asked[url];
      if (mine == turn) draw({ state: "unavailable", at: host.status.at });
    }
  };

  /** Asks the service from this browser; comes to what that says. */
  host.check = async () => {
    result.textContent = "…";
    let found = { text: words[1] };
    try {
      found = await (await more()).check(address("/check"));
    } catch {}
    result.textContent = found.text;
    tell("checked", found);
    return found;
  };

  host.begin = () => {
    const tag = (host.closest("[lang]") || document.documentElement).lang || navigator.language;
    words = WORDS[/^de/i.test(tag) ? 2 : /^zh(?!.*(hant|tw|hk|mo))/i.test(tag) ? 1 : 0].split("|");
    box.lang = words[0];
    known = 0;
    draw(BEGUN);
    host.refresh();
    if (/button|banner/.test(box.className)) more().then((more) => more.float(host), () => {});
  };

  check.onclick = host.check;
  spoken.role = result.role = "status";
  root.adoptedStyleSheets = [sheet];
  root.append(box, spoken);
};

const sheet = new CSSStyleSheet();
sheet.replaceSync(__STYLE__);
customElements.get("dual-watch") ||
  customElements.define(
    "dual-watch",
    class extends HTMLElement {
      static observedAttributes = ["target", "group", "lang", "variant", "theme", "check"];
      connectedCallback() {
        this.begin || begin(this);
        this.begin();
      }
      attributeChangedCallback() {
        this.begin?.();
      }
    },
  );
