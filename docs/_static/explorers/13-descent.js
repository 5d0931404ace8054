/* Steps of gradient descent down a curve with one parameter. */
"use strict";

(() => {
  const { axes, define, draggable, formulas, general, minus, path, svg } = mlpExplorers;
  const FAR = 1e4;
  const STEPS = 12;
  const CURVES = {
    parabola: {
      height: (t) => t ** 2 / 2,
      slope: (t) => t,
      reach: 4,
      ys: [-0.5, 8],
      ticks: [0, 2, 4, 6, 8],
      formula: "½θ²",
    },
    "two valleys": {
      height: (t) => t ** 4 / 4 - 2 * t ** 2 + t / 2,
      slope: (t) => t ** 3 - 4 * t + 0.5,
      reach: 3.2,
      ys: [-6, 5],
      ticks: [-6, -4, -2, 0, 2, 4],
      formula: "¼θ⁴ − 2θ² + ½θ",
    },
  };

  /** Return the points of a descent, the start among them. */
  formulas.descend = (curve, start, rate, steps) => {
    const points = [start];
    while (points.length <= steps && Math.abs(points.at(-1)) < FAR) {
      points.push(points.at(-1) - rate * CURVES[curve].slope(points.at(-1)));
    }
    return points;
  };

  define("descent", ({ stage, controls, set, hint, play }) => {
    controls.push({ name: "steps", label: "steps", min: 0, max: STEPS, step: 1, value: STEPS });
    play("steps", 500, 1);
    hint("Drag the square to another start.");
    return ({ curve, start, learning_rate: rate, steps }, width) => {
      const { height, reach, ys, ticks, formula } = CURVES[curve];
      const wide = Math.min(width, 440);
      const labels = { xlabel: "parameter θ", ylabel: "risk R(θ)" };
      const title = minus(`α = ${general(rate)}, start ${general(start)}`);
      const xticks = [-4, -3, -2, -1, 0, 1, 2, 3, 4].filter((value) => Math.abs(value) <= reach);
      const size = { width: wide, height: Math.max(260, 0.8 * wide) };
      const axis = axes({ ...size, x: [-reach, reach], y: ys, xticks, yticks: ticks, ...labels, title });
      const { root, inside, X, Y } = axis;
      const curved = Array.from({ length: 201 }, (_, i) => -reach + (2 * reach * i) / 200);
      inside.append(path(curved.map((t) => [X(t), Y(height(t))]), { class: "mlp-blue mlp-thick" }));
      const points = formulas.descend(curve, start, rate, steps);
      const seen = points.filter((t) => Math.abs(t) <= reach);
      const way = seen.map((t) => [X(t), Y(height(t))]);
      inside.append(path(way, { class: "mlp-orange mlp-dashed" }));
      for (const [cx, cy] of way) inside.append(svg("circle", { cx, cy, r: 4, class: "mlp-orange-fill" }));
      const [x, y] = way[0];
      inside.append(svg("rect", { x: x - 6, y: y - 6, width: 12, height: 12, class: "mlp-dot" }));
      draggable(axis, ([t]) => set({ start: t }));
      stage.replaceChildren(root);
      const told = `The curve ${formula}; descent from ${general(start)} with learning rate ${general(rate)}`;
      if (seen.length < points.length) return `${told} leaves the picture after ${seen.length - 1} steps.`;
      return `${told} arrives at ${points.at(-1).toFixed(2)} after ${steps} steps.`;
    };
  });
})();
