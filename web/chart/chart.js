// Reads a chart at one time, with a pointer or the arrow keys: what it says stands in the table behind it, and nothing is
// asked for. Without this script the table is there all the same.

const SVG = "http://www.w3.org/2000/svg";

// The figures of a table, from left to right: where each row lies, in thousandths of the width, and what it says.
function read(table) {
  const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent);
  const rows = [...table.querySelectorAll("tr[data-x]")].map((row) => {
    const [at, ...cells] = [...row.children].map((cell) => cell.textContent);
    const told = cells.map((text, i) => text && `${heads[i + 1]} ${text}`).filter(Boolean);
    return { x: Number(row.dataset.x), text: [at, ...told].join(" · ") };
  });
  return rows.sort((a, b) => a.x - b.x);
}

function start(figure, table, hint) {
  const rows = read(table);
  if (!rows.length) return;
  const svg = figure.querySelector("svg.plot");
  const cross = document.createElementNS(SVG, "line");
  const height = svg.getAttribute("height");
  cross.setAttribute("class", "cross");
  cross.setAttribute("y1", "14");
  cross.setAttribute("y2", height);
  cross.setAttribute("visibility", "hidden");
  svg.append(cross);
  const said = document.createElement("p");
  said.className = "reading hint";
  said.textContent = hint;
  // Who listens is told by the slider's own text.
  said.setAttribute("aria-hidden", "true");
  const frame = document.createElement("div");
  svg.replaceWith(frame);
  frame.append(svg);
  frame.after(said);
  frame.tabIndex = 0;
  const name = svg.querySelector("title").textContent;
  // What a browser shows for a title hides the lines below it.
  svg.querySelector("title").remove();
  svg.removeAttribute("role");
  svg.setAttribute("aria-hidden", "true");
  const set = (attributes) => Object.entries(attributes).forEach(([key, value]) => frame.setAttribute(key, value));
  set({ role: "slider", "aria-label": name, "aria-valuemin": 0, "aria-valuemax": rows.length - 1 });
  frame.setAttribute("aria-describedby", svg.getAttribute("aria-describedby"));
  let at = rows.length - 1;
  const show = (i) => {
    at = Math.min(Math.max(i, 0), rows.length - 1);
    const { x, text } = rows[at];
    cross.setAttribute("x1", `${x / 10}%`);
    cross.setAttribute("x2", `${x / 10}%`);
    cross.setAttribute("visibility", "visible");
    said.className = "reading";
    said.textContent = text;
    set({ "aria-valuenow": at, "aria-valuetext": text });
  };
  set({ "aria-valuenow": at, "aria-valuetext": rows[at].text });
  frame.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * 1000;
    let near = 0;
    rows.forEach((row, i) => {
      if (Math.abs(row.x - x) < Math.abs(rows[near].x - x)) near = i;
    });
    show(near);
  });
  frame.addEventListener("focus", () => show(at));
  frame.addEventListener("keydown", (event) => {
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
    show(to);
  });
}

// Both charts of families have their figures in the first table.
const table = document.querySelector("table[data-read]");
for (const figure of table ? document.querySelectorAll("figure[data-reads]") : []) {
  start(figure, table, table.dataset.read);
}
