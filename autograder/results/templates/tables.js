"use strict";
// Tables that sort by a column when its heading is pressed, and show only the rows with a text. A long table's rows are
// data, of which a page at a time is shown; the order of their fields is that of `Listed.data` in results/listing.py.
const PAGE = 100;
const KINDS = { f: "full", n: "none", p: "", w: "wait" };
const words = new Intl.Collator(undefined, { numeric: true });

const element = (name, className, text, value) => {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  if (value !== undefined) made.dataset.value = value ?? "";
  return made;
};

const standing = (row) => ({ // a row of the page
  element: () => row,
  text: () => row.textContent.toLowerCase(),
  value: (column) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim(),
});

const listed = (hasDelays) => (data) => { // a row that is made when it is shown
  const [student, who, link, mark, status, delay, delayWords, score, scoreWords, packed, remark, seconds, timing] = data;
  const cells = packed ? packed.split("\t") : [];
  const first = hasDelays ? 4 : 3; // the column of the first cell
  let text;
  return {
    text: () => (text ??= [student, who, status, delayWords, scoreWords, remark].join(" ").toLowerCase()),
    value: (column) => {
      if (column >= first && column < first + cells.length) return cells[column - first].slice(1);
      const others = [student, status, ...(hasDelays ? [delay] : []), score, ...cells.map(() => ""), remark, seconds];
      return others[column] ?? "";
    },
    element: () => {
      const row = document.createElement("tr");
      const heading = element("th");
      heading.scope = "row";
      if (link) {
        const anchor = element("a", "", student);
        anchor.setAttribute("href", link);
        heading.append(anchor);
      } else heading.append(student);
      if (who) heading.append(element("span", "who", who));
      const badge = element("td");
      badge.append(element("span", `badge ${mark}`, status));
      row.append(heading, badge);
      if (hasDelays) row.append(element("td", "", delayWords, delay));
      row.append(element("td", "number", scoreWords, score));
      for (const cell of cells) {
        const made = element("td", cell ? `cell ${KINDS[cell[0]]}`.trim() : "");
        if (cell.slice(1) === "–") {
          const untried = element("span", "", "–");
          untried.title = "not tried";
          untried.setAttribute("aria-label", "0, not tried");
          made.append(untried);
        } else made.textContent = cell.slice(1);
        row.append(made);
      }
      const run = element("td", "number", seconds === null ? "" : `${seconds.toFixed(1)} s`, seconds);
      run.title = timing;
      row.append(element("td", "why", remark), run);
      return row;
    },
  };
};

for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const headings = [...table.tHead.rows[0].cells];
  const source = table.dataset.rows && document.getElementById(table.dataset.rows);
  const hasDelays = headings.some((heading) => heading.textContent === "Late");
  let all = source ? JSON.parse(source.textContent).map(listed(hasDelays)) : [...body.rows].map(standing);
  let found = all;
  let start = 0;

  const show = () => {
    body.replaceChildren(...found.slice(start, source ? start + PAGE : undefined).map((row) => row.element()));
    if (source) {
      const last = Math.min(start + PAGE, found.length);
      where.textContent = found.length ? `${start + 1} to ${last} of ${found.length}` : "none";
      back.disabled = start === 0;
      on.disabled = last === found.length;
      table.parentElement.scrollTop = 0;
    }
  };

  const compare = (a, b) => {
    if (a === "" || b === "") return (a === "") - (b === "");
    const x = Number(a), y = Number(b);
    return Number.isNaN(x) || Number.isNaN(y) ? words.compare(a, b) : x - y;
  };
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const down = heading.getAttribute("aria-sort") === "ascending";
      headings.forEach((other) => other.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      const valued = all.map((row) => [row.value(column), row]);
      valued.sort(([a], [b]) => (a === "" || b === "" ? 1 : down ? -1 : 1) * compare(a, b)); // what is empty stays last
      all = valued.map(([, row]) => row);
      search();
    });
  });

  const label = element("label", "search");
  const field = element("input");
  field.type = "search";
  const count = element("span", "soft");
  count.setAttribute("role", "status");
  label.append(`Find in ${table.dataset.name}: `, field);
  const line = document.createElement("p");
  line.append(label, " ", count);
  table.parentElement.before(line);

  const search = () => {
    const wanted = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    found = wanted.length ? all.filter((row) => wanted.every((word) => row.text().includes(word))) : all;
    count.textContent = wanted.length ? `${found.length} of ${all.length}` : "";
    start = 0;
    show();
  };
  field.addEventListener("input", search);

  const turn = (name, step) => {
    const button = element("button", "", name);
    button.type = "button";
    button.addEventListener("click", () => {
      start = Math.max(0, start + step);
      show();
    });
    return button;
  };
  const [back, on] = [turn("Previous", -PAGE), turn("Next", PAGE)];
  const where = element("span", "soft");
  if (source) {
    where.setAttribute("role", "status");
    const pager = element("p", "pager");
    pager.append(back, where, on);
    table.parentElement.after(pager);
    show();
  }
}
