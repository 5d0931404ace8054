/* An activation and its slope, and the tangent at one input. */
"use strict";

(() => {
  const { axes, define, draggable, formulas, general, hatch, html, minus, path, svg } = mlpExplorers;
  const FLAT = 0.05; // below this slope a curve counts as flat
  const LEAK = 0.1; // more than the usual 0.01, which could not be told from ReLU
  const SPELLING = { relu: "ReLU", leaky_relu: `leaky ReLU (ε = ${LEAK})` };
  const JUMP = 0.3; // a curve that changes by more between two points is not joined there
  const sigmoid = (z) => 1 / (1 + Math.exp(-z));
  const logistic = (z) => sigmoid(z) * (1 - sigmoid(z));

  /** Value and slope of each activation. */
  formulas.activations = {
    identity: [(z) => z, () => 1],
    step: [(z) => Number(z >= 0), () => 0],
    sigmoid: [sigmoid, logistic],
    tanh: [Math.tanh, (z) => (1 - Math.tanh(z)) * (1 + Math.tanh(z))],
    relu: [(z) => Math.max(z, 0), (z) => Number(z > 0)],
    leaky_relu: [(z) => Math.max(z, LEAK * z), (z) => (z > 0 ? 1 : LEAK)],
  };

  /** Return the stretches of numbers, one after the other, for which a test holds. */
  function stretches(items, holds) {
    const found = [];
    items.forEach((item, i) => {
      if (!holds(item, i)) return;
      if (i && holds(items[i - 1], i - 1)) found.at(-1).push(item);
      else found.push([item]);
    });
    return found;
  }

  function legend() {
    const line = (look) => svg("svg", { width: 26, height: 10 }, svg("path", { d: "M0 5H26", class: look }));
    const box = svg("svg", { width: 26, height: 12, class: "mlp-key" });
    box.append(svg("rect", { width: 26, height: 12, fill: hatch(box, -45) }));
    const output = html("span", {}, line("mlp-blue mlp-thick"), "output a");
    const slope = html("span", {}, line("mlp-orange mlp-thick mlp-dashed"), "slope of the curve");
    return html("p", { class: "mlp-legend" }, output, slope, html("span", {}, box, "nearly flat"));
  }

  define("activation", ({ stage, controls, set, hint }) => {
    controls.push({ name: "x", label: "input x", min: -6, max: 6, step: 0.25, value: 1 });
    hint("Drag the point along the curve, or move the input.");
    return ({ name, w, b, x }, width) => {
      const [f, derivative] = formulas.activations[name];
      const xs = Array.from({ length: 601 }, (_, i) => i * 0.02 - 6);
      const output = xs.map((each) => f(w * each + b));
      const steepness = xs.map((each) => w * derivative(w * each + b));
      const wide = Math.min(width, 440);
      const inner = `${w === 1 ? "" : general(w)}x${b ? ` ${b > 0 ? "+" : "−"} ${general(Math.abs(b))}` : ""}`;
      const spelled = SPELLING[name] || name;
      const title = inner === "x" ? spelled : `${spelled} of ${minus(inner)}`;
      const ticks = { xticks: [-6, -4, -2, 0, 2, 4, 6], yticks: [-1, 0, 1, 2] };
      const labels = { xlabel: "input x", ylabel: "output a, slope", title };
      const size = { width: wide, height: Math.max(260, 0.8 * wide) };
      const axis = axes({ ...size, x: [-6, 6], y: [-1.4, 2.4], ...ticks, ...labels });
      const { root, inside, X, Y } = axis;
      const flat = stretches(xs, (_, i) => Math.abs(steepness[i]) < FLAT);
      const fill = hatch(root, -45);
      for (const part of flat) {
        const [from, to] = [X(part[0]), X(part.at(-1))];
        inside.append(svg("rect", { x: from, y: Y(2.4), width: to - from, height: Y(-1.4) - Y(2.4), fill }));
      }
      const curve = (heights, look) => {
        const places = xs.map((each, i) => [X(each), Y(heights[i])]);
        const joined = (_, i) => i === 0 || Math.abs(heights[i] - heights[i - 1]) <= JUMP;
        for (const part of stretches(places, joined)) inside.append(path(part, { class: look }));
      };
      curve(output, "mlp-blue mlp-thick");
      curve(steepness, "mlp-orange mlp-thick mlp-dashed");
      const [a, slope] = [f(w * x + b), w * derivative(w * x + b)];
      const tangent = [-1.2, 1.2].map((d) => [X(x + d), Y(a + d * slope)]);
      inside.append(path(tangent, { class: "mlp-ink" }), svg("circle", { cx: X(x), cy: Y(a), r: 6, class: "mlp-class-1" }));
      draggable(axis, ([to]) => set({ x: to }));
      stage.replaceChildren(root, legend());
      const share = (100 * flat.flat().length) / xs.length;
      return (
        `${spelled}, output against input, weight ${general(w)}, bias ${general(b)}. Slope between ` +
        `${general(Math.min(...steepness) + 0, 2)} and ${general(Math.max(...steepness) + 0, 2)}, nearly zero on ` +
        `${share.toFixed(0)} percent of the range. At the input ${general(x)} the output is ${general(a + 0, 3)} and the ` +
        `slope of the tangent ${general(slope + 0, 3)}.`
      );
    };
  });
})();
