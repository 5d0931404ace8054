/* Formulas that are wider than the page: they are broken at spaces and relations, and what cannot be is made smaller. */
"use strict";

const courseFormulas = (() => {
  const PAPER = 640; // pixels, of a printed line
  const BELOW = "number-below"; // of a formula that leaves no room beside it
  const SMALL = 80; // percent
  const OPEN = /^\\(begin|left)\b/;
  const CLOSE = /^\\(end|right)\b/;
  const TOKEN = /\\(?:begin|end)\{[^}]*\}|\\[A-Za-z]+|\\.|[^\\]/gs;
  const SPACES = new Set(["\\qquad", "\\quad"]);
  const RELATIONS = new Set(["=", "\\approx", "\\le", "\\ge", "\\to", "\\Rightarrow", "\\longrightarrow", "\\mapsto"]);
  const SIGNS = new Set(["+", "-"]);

  /** Split TeX before the tokens of a set that stand in no group; a space itself is left out. */
  function split(tex, before) {
    const parts = [""];
    let depth = 0;
    for (const token of tex.match(TOKEN) || []) {
      if (depth === 0 && before.has(token)) {
        parts.push(SPACES.has(token) ? "" : token);
        continue;
      }
      if (token === "{" || OPEN.test(token)) depth++;
      if (token === "}" || CLOSE.test(token)) depth--;
      parts[parts.length - 1] += token;
    }
    return parts.map((part) => part.trim()).filter(Boolean);
  }

  const lines = (all) => (all.length > 1 ? `\\begin{gathered}${all.join("\\\\[4pt]")}\\end{gathered}` : all[0]);

  /** Break a line before each relation but the first, which the others stand below; then before each sign, too. */
  function chain(tex, signs) {
    const [left, ...rest] = split(tex, RELATIONS);
    if (!rest.length && !signs) return tex;
    const pieces = rest.length ? rest : [left];
    const more = signs ? pieces.flatMap((piece) => {
      const [first, ...others] = split(piece.replace(/^([=]|\\[A-Za-z]+)\s*-/, "$1 {-}"), SIGNS);
      return [first, ...others.map((other) => `\\quad ${other}`)];
    }) : pieces;
    if (more.length < 2) return tex;
    return `\\begin{aligned}${rest.length ? left : ""}${more.map((piece) => `&${piece}`).join("\\\\[2pt]")}\\end{aligned}`;
  }

  /** Return ways to write a formula, each narrower than the one before. */
  function ways(written) {
    const tex = written.replace(/^\s*\\begin\{split\}(.*)\\end\{split\}\s*$/s, "$1"); // Sphinx's, around each "\\\\"
    if (/\\\\|&/.test(tex.replace(/\\begin\{(?:[bpv]?matrix|cases|array)\}.*?\\end\{[^}]*\}/gs, ""))) return [];
    const spaced = split(tex, SPACES);
    return [lines(spaced), lines(spaced.map((line) => chain(line, false))), lines(spaced.map((line) => chain(line, true)))];
  }

  const kept = new Map();

  /** Bring one formula into its line; `room` is the width in pixels. */
  function fit(item, room) {
    const root = item.typesetRoot;
    const drawing = root.querySelector("svg");
    if (!drawing || room <= 0) return; // hidden
    if (!kept.has(root)) kept.set(root, drawing);
    const original = kept.get(root);
    drawing.replaceWith(original);
    original.style.width = original.style.height = "";
    root.dataset.scale = 100;
    const ex = original.getBoundingClientRect().width / parseFloat(original.getAttribute("width"));
    const widthOf = (node) => parseFloat(node.getAttribute("width")) * ex;
    let best = original;
    if (item.display) {
      for (const tex of ways(item.math)) {
        if (widthOf(best) <= room) break;
        const other = MathJax.tex2svg(tex, { display: true }).querySelector("svg");
        if (!other.querySelector("[data-mml-node=merror]") && widthOf(other) < widthOf(best)) best = other;
      }
    }
    if (best !== original) original.replaceWith(best);
    if (widthOf(best) <= room) return;
    const share = room / widthOf(best); // in pixels: a browser rounds what depends on the size of letters
    const height = parseFloat(best.getAttribute("height")) * ex * share;
    Object.assign(best.style, { width: `${room}px`, height: `${height}px` });
    root.dataset.scale = Math.round(100 * share);
  }

  /** Bring all formulas into their lines; what is hidden follows when it is opened. */
  function fitAll(paper = Infinity, within = document) {
    for (const item of window.MathJax?.startup?.document?.math || []) {
      if (!within.contains(item.typesetRoot)) continue;
      const line = item.typesetRoot?.closest(item.display ? "div.math, dd, li, p, td" : "p, li, dd, td, summary, details");
      if (!line || (!item.display && !line.querySelector(".long") && !item.typesetRoot.closest(".long"))) continue;
      const style = getComputedStyle(line);
      const room = () => Math.min(paper, line.clientWidth) - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - 2;
      line.classList.remove(BELOW);
      fit(item, room());
      if (item.typesetRoot.dataset.scale >= SMALL || !line.querySelector(":scope > .eqno")) continue;
      line.classList.add(BELOW);
      fit(item, room());
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
  return { fitAll, ready, split, ways };
})();
