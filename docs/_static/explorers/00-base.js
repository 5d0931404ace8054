/* The element <mlp-explorer kind="..."> of the lectures: controls, a drawing, and a sentence that says what it shows.

   Load this file first, then the files of the kinds in any order (20-network.js before 21-playground.js), as classic
   scripts with `defer`, and explorers.css. A kind is a function that gets {stage, data, controls, set, read, button,
   hint, play} and returns `draw(setting, width)`, which fills the stage and returns the sentence; its `needs(data,
   element)`, if it has one, says whether it can begin. If anything is missing or fails, the picture inside the element
   stays as it is. */
"use strict";

const mlpExplorers = (() => {
  const kinds = new Map();
  const stillMotion = window.matchMedia("(prefers-reduced-motion: reduce)");
  let count = 0;

  /** Write a number with that many significant digits, as Python's format `g` does: ties go to the even digit. */
  function general(x, digits = 6) {
    if (!Number.isFinite(x)) return Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf";
    if (x === 0) return Object.is(x, -0) ? "-0" : "0";
    const all = Math.abs(x).toExponential(60).replace(/e.*/, "").replace(".", "");
    const tie = /^50*$/.test(all.slice(digits)) && Number(all[digits - 1]) % 2 === 0;
    const near = tie ? x * (1 - 1e-15) : x;
    const exponent = Number(near.toExponential(digits - 1).split("e")[1]);
    if (exponent >= -4 && exponent < digits) return trim(near.toFixed(digits - 1 - exponent));
    const mantissa = trim(near.toExponential(digits - 1).split("e")[0]);
    return `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }

  /** Write a number with that many digits after the point, as Python's format `f` does: ties go to the even digit. */
  function fixed(x, digits) {
    const all = Math.abs(x).toFixed(60).replace(".", "");
    const kept = all.length - 60 + digits;
    const tie = /^50*$/.test(all.slice(kept)) && Number(all[kept - 1]) % 2 === 0;
    return (tie ? x * (1 - 1e-15) : x).toFixed(digits);
  }

  function trim(text) {
    return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  }

  /** Put the sign that is as wide as a plus in place of the hyphen. */
  function minus(text) {
    return text.replace(/-/g, "−");
  }

  /** Write "2e-08" as 2·10⁻⁸. */
  function powers(text) {
    const raised = (exponent) => [...String(Number(exponent))].map((sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]).join("");
    return text.replace(/e([+-]\d+)/, (_, exponent) => `·10${raised(exponent)}`);
  }

  function html(name, attributes = {}, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  }

  function svg(name, attributes = {}, ...children) {
    const node = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  }

  /** Set single letters in italics, as formulas have them, but for the article "a". */
  function italic(text) {
    const pieces = text.split(/(?<![\p{L}\d_])(?!a )(\p{Ll})(?=[₀-₉]?(?:[^\p{L}]|$))/u);
    return pieces.map((piece, i) => (i % 2 ? svg("tspan", { class: "mlp-italic" }, piece) : piece));
  }

  /** Make an axis of its own: a drawing with ticks and labels, and the functions from numbers to its pixels. */
  function axes({ width, height, x, y, xticks, yticks, xlabel, ylabel, title = "", left = 52 }) {
    const [top, bottom, right] = [title ? 26 : 8, 42, 16];
    const [inner, tall] = [width - left - right, height - top - bottom];
    const X = (value) => left + ((value - x[0]) / (x[1] - x[0])) * inner;
    const Y = (value) => top + (1 - (value - y[0]) / (y[1] - y[0])) * tall;
    const id = `mlp-clip-${++count}`;
    const box = { x: left, y: top, width: inner, height: tall };
    const inside = svg("g", { "clip-path": `url(#${id})` });
    const root = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
    root.append(svg("clipPath", { id }, svg("rect", box)), svg("rect", { ...box, class: "mlp-ground" }));
    for (const [value, text = minus(general(value))] of xticks.map((tick) => [tick].flat())) {
      root.append(svg("line", { x1: X(value), x2: X(value), y1: top, y2: top + tall, class: "mlp-grid" }));
      root.append(svg("text", { x: X(value), y: top + tall + 15, class: "mlp-tick", "text-anchor": "middle" }, text));
    }
    for (const [value, text = minus(general(value))] of yticks.map((tick) => [tick].flat())) {
      root.append(svg("line", { x1: left, x2: left + inner, y1: Y(value), y2: Y(value), class: "mlp-grid" }));
      root.append(svg("text", { x: left - 6, y: Y(value) + 4, class: "mlp-tick", "text-anchor": "end" }, text));
    }
    root.append(inside);
    root.append(svg("path", { d: `M${left} ${top}V${top + tall}H${left + inner}`, class: "mlp-spine" }));
    root.append(svg("text", { x: left + inner / 2, y: height - 8, "text-anchor": "middle" }, ...italic(xlabel)));
    const turned = `translate(12 ${top + tall / 2}) rotate(-90)`;
    root.append(svg("text", { transform: turned, "text-anchor": "middle" }, ...italic(ylabel)));
    if (title) root.append(svg("text", { x: left + inner / 2, y: 16, class: "mlp-title", "text-anchor": "middle" }, ...italic(title)));
    const back = (event, rect) => {
      const [px, py] = [event.clientX - rect.left, event.clientY - rect.top];
      const at = (share, [low, high]) => low + Math.min(1, Math.max(0, share)) * (high - low);
      return [at((px - left) / inner, x), at(1 - (py - top) / tall, y)];
    };
    return { root, inside, X, Y, back };
  }

  /** Put the pattern of slanted lines into a drawing, and return how to fill with it. */
  function hatch(root, angle = 45) {
    const id = `mlp-hatch-${++count}`;
    const look = { id, width: 8, height: 8, patternUnits: "userSpaceOnUse", patternTransform: `rotate(${angle})` };
    root.prepend(svg("pattern", look, svg("line", { x1: 0, x2: 0, y1: 0, y2: 8, class: "mlp-hatch" })));
    return `url(#${id})`;
  }

  /** Return a path through points, given in pixels. */
  function path(points, attributes) {
    const d = points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
    return svg("path", { d, fill: "none", ...attributes });
  }

  /** Let the pointer set a place by pressing or dragging; the sliders do the same by keyboard. */
  function draggable(axis, moved) {
    axis.root.classList.add("mlp-draggable");
    axis.root.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const rect = axis.root.getBoundingClientRect(); // taken now: each move puts a new drawing in its place
      const move = (later) => moved(axis.back(later, rect));
      move(event);
      const stop = () => {
        window.removeEventListener("pointermove", move);
        window.removeEventListener("pointerup", stop);
        window.removeEventListener("pointercancel", stop);
      };
      window.addEventListener("pointermove", move);
      window.addEventListener("pointerup", stop);
      window.addEventListener("pointercancel", stop);
    });
  }

  /** Build label, native control and readout of a parameter; return the row, and functions to read and write it. */
  function build(control, changed) {
    const id = `mlp-control-${++count}`;
    const label = html("label", { for: id }, control.label);
    if (control.options) {
      const select = html("select", { id });
      control.options.forEach(([text], i) => select.append(html("option", { value: i }, text)));
      select.value = control.options.findIndex(([, value]) => value === control.value);
      select.addEventListener("change", changed);
      const write = (value) => (select.value = control.options.findIndex(([, each]) => each === value));
      return { row: html("div", { class: "mlp-row" }, label, select), read: () => control.options[select.value][1], write };
    }
    const { min, max, step, value, texts } = control;
    const input = html("input", { id, type: "range", min, max, step, value });
    const output = html("output", { for: id });
    const digits = (String(step).split(".")[1] || "").length;
    const say = () => {
      output.textContent = texts ? texts[input.value] : minus(Number(input.value).toFixed(digits));
      if (texts) input.setAttribute("aria-valuetext", texts[input.value]);
    };
    const write = (wanted) => {
      input.value = wanted;
      say();
    };
    input.addEventListener("input", () => {
      say();
      changed();
    });
    say();
    return { row: html("div", { class: "mlp-row" }, label, input, output), read: () => Number(input.value), write };
  }

  class Explorer extends HTMLElement {
    connectedCallback() {
      if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => this.start());
      else this.start();
    }

    start() {
      const make = kinds.get(this.getAttribute("kind"));
      const still = this.querySelector(".mlp-still");
      const source = this.querySelector('script[type="application/json"]');
      if (this.live || !make || !still || !source) return;
      if (make.needs && !make.needs(JSON.parse(source.textContent).data, this)) return;
      this.live = html("div", { class: "mlp-live", role: "group" });
      try {
        this.fill(make, JSON.parse(source.textContent));
        still.hidden = true;
      } catch {
        this.live.remove(); // the picture is still there
      }
    }

    fill(make, { title, controls, data }) {
      const parts = new Map();
      const buttons = html("div", { class: "mlp-buttons" });
      const stage = html("div", { class: "mlp-stage", role: "img" });
      const text = html("p", { class: "mlp-text", id: `mlp-text-${++count}` });
      const spoken = html("p", { class: "mlp-spoken", "aria-live": "polite" });
      stage.setAttribute("aria-labelledby", text.id);
      this.live.setAttribute("aria-label", `Explorer: ${title}`);
      let saying = 0;
      const redraw = () => {
        const setting = Object.fromEntries([...parts].map(([name, part]) => [name, part.read()]));
        const sentence = draw(setting, this.live.clientWidth).replace(/(?<![\w-])-(?=[\d.])/g, "−");
        text.textContent = sentence; // with the drawing, for who sees it; it is read out when the slider rests
        window.clearTimeout(saying);
        saying = window.setTimeout(() => (spoken.textContent = sentence), 400);
        return sentence;
      };
      const set = (values) => {
        for (const [name, value] of Object.entries(values)) parts.get(name).write(value);
        return redraw();
      };
      this.set = set; // for scripts: moves controls, and returns the sentence
      const button = (label, press) => {
        const node = html("button", { type: "button" }, label);
        node.addEventListener("click", () => press(node));
        buttons.append(node);
        return node;
      };
      const hint = (sentence) => buttons.append(html("span", { class: "mlp-hint" }, sentence));
      const all = [...controls];
      const read = (name) => parts.get(name).read();
      const play = (name, wait, by) => this.play({ name, wait, by, button, set, read, control: all.find((c) => c.name === name) });
      const draw = make({ stage, data, controls: all, set, read, button, hint, play });
      const form = html("div", { class: "mlp-controls" });
      for (const control of all) {
        const part = build(control, redraw);
        parts.set(control.name, part);
        form.append(part.row);
      }
      this.live.append(form, ...(buttons.childElementCount ? [buttons] : []), stage, text, spoken);
      this.append(this.live);
      redraw();
      let width = this.live.clientWidth;
      new ResizeObserver(() => {
        if (this.live.clientWidth && this.live.clientWidth !== width) redraw();
        width = this.live.clientWidth;
      }).observe(this.live);
      new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    }

    /** Add a button that moves a slider to its end, on demand; at once for who wants no motion. */
    play({ name, wait, by, button, set, read, control }) {
      let timer = 0;
      const stop = (node) => {
        window.clearInterval(timer);
        timer = 0;
        node.textContent = "▶ Play";
      };
      button("▶ Play", (node) => {
        if (timer) return stop(node);
        if (stillMotion.matches) return set({ [name]: control.max });
        if (read(name) >= control.max) set({ [name]: control.min });
        node.textContent = "❚❚ Pause";
        timer = window.setInterval(() => {
          set({ [name]: Math.min(control.max, read(name) + by) });
          if (read(name) >= control.max || !node.isConnected) stop(node);
        }, wait);
        return undefined;
      });
    }
  }

  /** Make a kind known; elements of that kind that stand in the page already start. */
  function define(kind, make) {
    kinds.set(kind, make);
    for (const element of document.querySelectorAll("mlp-explorer")) if (element.start) element.start();
  }

  customElements.define("mlp-explorer", Explorer);
  return { axes, define, draggable, fixed, formulas: {}, general, hatch, html, minus, path, powers, stillMotion, svg };
})();
