// Reads a chart at one time, with a pointer or the arrow keys: what it says stands in the table behind it, and nothing is
// asked for. Without this script the table is there all the same.

const SVG = "http://www.w3.org/2000/svg";

const set = (element, attributes) => Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));

// The figures of a table, from left to right: where each row lies, in thousandths of the width, and what it says.
function figures(table) {
  const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent);
  const rows = [...table.querySelectorAll("tr[data-x]")].map((row) => {
    const [at, ...cells] = [...row.children].map((cell) => cell.textContent);
    const told = cells.map((text, i) => text && `${heads[i + 1]} ${text}`).filter(Boolean);
    return { x: Number(row.dataset.x), at, text: [at, ...told].join(" · ") };
  });
  return rows.sort((a, b) => a.x - b.x);
}

// Makes a chart one that can be read; returns what takes other figures. What is served stays where it is, and as it is: the
// page writes into it when there is news.
function reader(svg) {
  const cross = document.createElementNS(SVG, "line");
  // By its name it is none of the lines that are served.
  cross.id = `${svg.getAttribute("aria-describedby")}-cross`;
  set(cross, { class: "cross", y1: 14, visibility: "hidden" });
  svg.append(cross);
  set(svg, { role: "slider", tabindex: 0, "aria-valuemin": 0 });
  let rows = [];
  let at = 0;
  let isRead = false;
  const tell = (i) => {
    at = Math.min(Math.max(i, 0), rows.length - 1);
    const { x, text } = rows[at];
    set(svg, { "aria-valuemax": rows.length - 1, "aria-valuenow": at, "aria-valuetext": text });
    if (!isRead) return;
    set(cross, { x1: `${x / 10}%`, x2: `${x / 10}%`, y2: svg.getAttribute("height"), visibility: "visible" });
    const said = svg.parentElement.querySelector(".reading");
    said.className = "reading";
    said.textContent = text;
  };
  const read = (i) => {
    isRead = true;
    tell(i);
  };
  const point = (event) => {
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * 1000;
    let near = 0;
    rows.forEach((row, i) => {
      if (Math.abs(row.x - x) < Math.abs(rows[near].x - x)) near = i;
    });
    read(near);
  };
  svg.addEventListener("pointerdown", point);
  svg.addEventListener("pointermove", point);
  svg.addEventListener("focus", () => read(at));
  svg.addEventListener("keydown", (event) => {
    const to = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      ArrowDown: at - 1,
      ArrowUp: at + 1,
      PageDown: at - 10,
      PageUp: at + 10,
      Home: 0,
      End: rows.length - 1,
    }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    read(to);
  });
  return (next) => {
    // Who looks at a time goes on to look at it; who looks at the newest, at the newest.
    const same = at === rows.length - 1 ? -1 : next.findIndex((row) => row.at === rows[at]?.at);
    rows = next;
    tell(same < 0 ? rows.length - 1 : same);
  };
}

const readers = new WeakMap();

// All charts of families have their figures in one table.
function begin() {
  const table = document.querySelector("table[data-read]");
  const rows = table ? figures(table) : [];
  for (const svg of rows.length ? document.querySelectorAll("figure[data-reads]:has(.reading) > svg.plot") : []) {
    if (!readers.has(svg)) readers.set(svg, reader(svg));
    readers.get(svg)(rows);
  }
}

begin();
new MutationObserver((changes) => {
  // What is said here is no news.
  if (changes.some(({ target }) => !target.closest?.(".reading"))) begin();
}).observe(document.getElementById("app"), { childList: true, characterData: true, subtree: true });
