/* Formulas that are wider than the page: they are broken at spaces, relations and signs, as seldom as the width allows,
   and what cannot be broken is made smaller. */
"use strict";

const courseFormulas = (() => {
  const PAPER = 640; // pixels, of a printed line
  const BELOW = "number-below"; // of a formula that leaves no room beside it
  const SMALL = 90; // percent: a formula is not made smaller than that for the sake of its number
  const MOST = 3; // lines into which a formula is broken for the sake of its number
  const SHORT_SIDE = 64; // pixels: a left side that is shorter does not stand alone in a line
  const INDENT = 20; // pixels, of a line that goes on
  const LITTLE = 1.1; // a formula that is wider than its line by this factor is made smaller, not broken further
  const OPEN = /^(?:\\(?:begin|left|[Bb]igg?l)(?![A-Za-z])|\\\{|[{([])/;
  const CLOSE = /^(?:\\(?:end|right|[Bb]igg?r)(?![A-Za-z])|\\\}|[})\]])/;
  const TOKEN = /\\(?:begin|end)\{[^}]*\}|\\(?:left|right|[Bb]igg?[lr])(?![A-Za-z])\s*(?:\\[A-Za-z]+|\\.|.)|\\[A-Za-z]+|\\.|[^\\]/gs;
  const SPACES = new Set(["\\qquad", "\\quad"]);
  const RELATIONS = new Set([
    "=", "<", ">", "\\approx", "\\ne", "\\le", "\\ge", "\\to", "\\leftarrow", "\\Rightarrow", "\\Longrightarrow",
    "\\longrightarrow", "\\mapsto",
  ]);
  const SIGNS = new Set(["+", "-"]);
  const OPERAND = /^(?:[A-Za-z0-9.!')\]}|]|\\[})\]]|\\(?:right|end|[Bb]igg?r)(?![A-Za-z])|\\(?:prime|dots|ldots|cdots|alpha|beta|gamma|delta|Delta|epsilon|varepsilon|eta|theta|kappa|lambda|mu|pi|rho|sigma|tau|phi|varphi|omega|ell|nabla)(?![A-Za-z]))/;
  const GAP = /^(?:\s|\\[,;:! ])$/; // between tokens, it says nothing
  const ENDS = /^(?:\s|\\[,;:! ])+|(?:\\[,;:! ]|\s)+$/g;

  /** Split TeX before the tokens of a set that stand in no bracket; a space itself is left out, a unary sign is no place. */
  function split(tex, before) {
    const parts = [""];
    let depth = 0;
    let last = "";
    for (const token of tex.match(TOKEN) || []) {
      if (depth === 0 && before.has(token) && (!SIGNS.has(token) || OPERAND.test(last))) {
        parts.push(SPACES.has(token) ? "" : token);
      } else {
        if (OPEN.test(token)) depth++;
        else if (CLOSE.test(token)) depth = Math.max(0, depth - 1);
        parts[parts.length - 1] += token;
      }
      if (!GAP.test(token)) last = token;
    }
    return parts.map((part) => part.replace(ENDS, "")).filter(Boolean);
  }

  /** Join pieces into as few lines as the room allows; `widthOf` measures TeX. */
  function fill(pieces, between, room, widthOf, hang = "") {
    const lines = [];
    for (const piece of pieces) {
      const longer = lines.length ? `${lines.at(-1)}${between}${piece}` : "";
      if (longer && widthOf(longer) <= room) lines[lines.length - 1] = longer;
      else lines.push(lines.length ? hang + piece : piece);
    }
    return lines;
  }

  /** Return the lines of one statement: broken before relations, and before signs where a piece is still too wide. */
  function chain(tex, room, widthOf) {
    if (widthOf(tex) <= LITTLE * room) return [tex];
    const [left, first, ...rest] = split(tex, RELATIONS);
    const pieces = first ? [`${left} ${first}`, ...rest] : [left];
    const whole = fill(pieces, " ", room, widthOf, "\\quad ");
    if (whole.every((line) => widthOf(line) <= LITTLE * room)) return whole;
    const alone = first && widthOf(left) >= SHORT_SIDE;
    const apart = alone ? fill([left, first, ...rest], " ", room, widthOf, "\\quad ") : whole;
    const [one, other] = [whole, apart].map((all) => all.flatMap((line, number) => {
      if (widthOf(line) <= LITTLE * room) return [line];
      return fill(split(line.replace(/^\\quad /, ""), SIGNS), " ", room - INDENT, widthOf, "\\qquad ")
        .map((part, i) => (i === 0 && number > 0 ? `\\quad ${part}` : part));
    }));
    const widest = (all) => Math.max(...all.map(widthOf));
    return widest(one) <= Math.max(LITTLE * room, widest(other)) ? one : other;
  }

  /** Return the lines of a formula for a room in pixels, or none where it has been broken by hand. */
  function lines(written, room, widthOf) {
    const tex = written.replace(/^\s*\\begin\{split\}(.*)\\end\{split\}\s*$/s, "$1"); // Sphinx's, around each "\\\\"
    if (/\\\\|&/.test(tex.replace(/\\begin\{(?:[bpv]?matrix|cases|array)\}.*?\\end\{[^}]*\}/gs, ""))) return [];
    return fill(split(tex, SPACES), "\\qquad ", room, widthOf).map((line) => chain(line, room, widthOf));
  }

  const signed = (line) => line.replace(/^((?:\\quad |\\qquad )?)(?=[-+]|=|\\)/, "$1{}"); // a sign at the beginning has two sides
  const aligned = (all) => (all.length > 1 ? `\\begin{aligned}${all.map((line) => `&${signed(line)}`).join("\\\\[2pt]")}\\end{aligned}` : all[0]);
  const gathered = (all) => (all.length > 1 ? `\\begin{gathered}${all.map(aligned).join("\\\\[4pt]")}\\end{gathered}` : aligned(all[0]));

  const draw = (tex) => MathJax.tex2svg(tex, { display: true }).querySelector("svg");
  const widths = new Map(); // of TeX, in ex

  function measure(tex) {
    if (!widths.has(tex)) widths.set(tex, parseFloat(draw(tex).getAttribute("width")));
    return widths.get(tex);
  }

  const kept = new Map();

  /** Bring one formula into its line; `room` is the width in pixels. */
  function fit(item, room) {
    const root = item.typesetRoot;
    const drawing = root.querySelector("svg");
    if (!drawing || room <= 0) return; // hidden
    if (!kept.has(root)) kept.set(root, { drawing, style: drawing.getAttribute("style") });
    const original = kept.get(root).drawing;
    drawing.replaceWith(original);
    original.setAttribute("style", kept.get(root).style);
    root.dataset.scale = 100;
    root.dataset.lines = 1;
    const ex = original.getBoundingClientRect().width / parseFloat(original.getAttribute("width"));
    const widthOf = (node) => parseFloat(node.getAttribute("width")) * ex;
    let best = original;
    if (item.display && widthOf(original) > LITTLE * room) {
      const broken = lines(item.math, room, (tex) => measure(tex) * ex);
      const other = broken.flat().length > 1 ? draw(gathered(broken)) : original;
      if (!other.querySelector("[data-mml-node=merror]") && widthOf(other) < widthOf(best)) best = other;
      if (best !== original) root.dataset.lines = broken.flat().length;
    }
    if (best !== original) original.replaceWith(best);
    if (widthOf(best) <= room) return;
    const share = room / widthOf(best); // in pixels: a browser rounds what depends on the size of letters
    const height = parseFloat(best.getAttribute("height")) * ex * share;
    const baseline = parseFloat(best.style.verticalAlign || 0) * share;
    Object.assign(best.style, { width: `${room}px`, height: `${height}px`, verticalAlign: `${baseline}ex` });
    root.dataset.scale = Math.round(100 * share);
  }

  /** Return the width in pixels of what stands before and behind a formula in the same element. */
  function around(root) {
    const together = root.closest(".together");
    if (!together) return 0;
    const range = document.createRange();
    const width = (start, end) => {
      range.setStart(together, start);
      range.setEnd(together, end);
      return range.getBoundingClientRect().width;
    };
    const place = [...together.childNodes].indexOf(root.closest("span.math"));
    return width(0, place) + width(place + 1, together.childNodes.length);
  }

  /** Bring all formulas into their lines; what is hidden follows when it is opened. */
  function fitAll(paper = Infinity, within = document) {
    for (const item of window.MathJax?.startup?.document?.math || []) {
      const root = item.typesetRoot;
      if (!root || !within.contains(root)) continue;
      const line = root.closest(item.display ? "div.math, dd, li, p, td" : "p, li, dd, td, summary, details");
      if (!line || (!item.display && !line.querySelector(".long") && !root.closest(".long"))) continue;
      const style = () => getComputedStyle(line);
      const room = () => Math.min(paper, line.clientWidth) - parseFloat(style().paddingLeft) - parseFloat(style().paddingRight) - 2;
      line.classList.remove(BELOW);
      fit(item, room() - (item.display ? 0 : Math.ceil(around(root))));
      if (!line.querySelector(":scope > .eqno")) continue;
      if (root.dataset.scale >= SMALL && root.dataset.lines <= MOST) continue;
      const beside = { ...root.dataset };
      line.classList.add(BELOW); // if that helps
      fit(item, room());
      if (root.dataset.lines === beside.lines && root.dataset.scale - beside.scale < 5) {
        line.classList.remove(BELOW);
        fit(item, room());
      }
    }
  }

  let waiting = 0;
  let width = 0;
  const ready = new Promise((resolve) => {
    window.addEventListener("load", () => {
      if (!window.MathJax?.startup?.promise) return resolve();
      MathJax.startup.promise.then(() => {
        fitAll();
        width = window.innerWidth;
        window.addEventListener("resize", () => {
          window.clearTimeout(waiting);
          if (window.innerWidth !== width) waiting = window.setTimeout(() => fitAll(), 150);
          width = window.innerWidth;
        });
        window.addEventListener("beforeprint", () => fitAll(PAPER));
        window.addEventListener("afterprint", () => fitAll());
        document.addEventListener("toggle", () => fitAll(), true);
        resolve();
      });
      return undefined;
    });
  });
  return { fitAll, lines, ready };
})();
