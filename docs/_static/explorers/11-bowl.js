/* Gradient descent with momentum on an elongated bowl: its path, its risk, and where it stands among all settings. */
"use strict";

(() => {
  const { axes, define, draggable, formulas, general, html, palette, path, powers, raster, shade, svg } = mlpExplorers;
  const LEVELS = [0.5, 4, 12, 25, 42, 65];
  const FLOOR = 1e-4; // of the curve of the risk
  const CEILING = 1e4;
  const WIDEST = 0.24; // learning rate

  /** Follow v = momentum v + gradient, point = point - rate v, as `mlpkit.optimizers.SGD` does. */
  formulas.follow = ({ curvatures, start, far }, rate, momentum, steps) => {
    const points = [start];
    let velocity = start.map(() => 0);
    while (points.length <= steps && Math.max(...points.at(-1).map(Math.abs)) < far) {
      const point = points.at(-1);
      velocity = point.map((value, i) => momentum * velocity[i] + curvatures[i] * value);
      points.push(point.map((value, i) => value - rate * velocity[i]));
    }
    return points;
  };

  /** Return size and kind of the slowest part's factor from step to step: a root for each axis of the bowl. */
  function slowest(curvatures, rate, momentum) {
    const roots = curvatures.flatMap((curvature) => {
      const middle = (1 + momentum - rate * curvature) / 2;
      const under = middle * middle - momentum;
      if (under < 0) return [{ size: Math.sqrt(momentum), turns: Math.sqrt(-under) > 1e-9 || middle < 0 }];
      return [middle + Math.sqrt(under), middle - Math.sqrt(under)].map((r) => ({ size: Math.abs(r), turns: r < 0 }));
    });
    return roots.reduce((worst, root) => (root.size > worst.size ? root : worst));
  }

  function map(data, width, height, rate, momentum, colors) {
    const labels = { xlabel: "learning rate α", ylabel: "momentum β", title: "every setting: the bluer, the faster" };
    const ticks = { xticks: [0, 0.05, 0.1, 0.15, 0.2], yticks: [0, 0.25, 0.5, 0.75, 1] };
    const axis = axes({ width, height, x: [0, WIDEST], y: [0, 1], ...ticks, ...labels });
    const { inside, X, Y } = axis;
    const box = { x: X(0), y: Y(1), width: X(WIDEST) - X(0), height: Y(0) - Y(1) };
    const [columns, rows] = [72, 60];
    const color = (i, j) => {
      const { size } = slowest(data.curvatures, (WIDEST * (i + 0.5)) / columns, (j + 0.5) / rows);
      return shade(colors, size < 1 ? 1.6 * (1 - size) : 0, 0.85);
    };
    inside.append(raster(columns, rows, box, color));
    const steepest = Math.max(...data.curvatures);
    const rim = [0, 1].map((beta) => [X((2 * (1 + beta)) / steepest), Y(beta)]);
    inside.append(path(rim, { class: "mlp-orange mlp-thick" }));
    inside.append(svg("text", { x: X(0.19), y: Y(0.25), "text-anchor": "middle", class: "mlp-label" }, "diverges"));
    const [x, y] = [X(rate), Y(momentum)];
    const mark = [svg("circle", { cx: x, cy: y, r: 7, class: "mlp-here" }), svg("circle", { cx: x, cy: y, r: 2, class: "mlp-dot" })];
    axis.root.append(...mark); // whole, also at the rim
    return axis;
  }

  function risks(points, risk, data, width, height) {
    const decades = [[-4, "0.0001"], [-2, "0.01"], [0, "1"], [2, "100"], [4, "10000"]];
    const labels = { xlabel: "step", ylabel: "risk", title: "the risk, step by step" };
    const ticks = { xticks: [0, 10, 20, 30, 40], yticks: decades };
    const { root, inside, X, Y } = axes({ width, height, x: [0, data.steps], y: [-4, 4], ...ticks, ...labels });
    const way = points.map((point, i) => [X(i), Y(Math.log10(Math.min(CEILING, Math.max(FLOOR, risk(point)))))]);
    inside.append(path(way, { class: "mlp-orange" }));
    for (const [cx, cy] of way) inside.append(svg("circle", { cx, cy, r: 2, class: "mlp-orange-fill" }));
    return root;
  }

  function bowl(points, data, width, title) {
    const span = { x: [-10, 6], y: [-3, 3] };
    const ticks = { xticks: [-10, -8, -6, -4, -2, 0, 2, 4, 6], yticks: [-3, -2, -1, 0, 1, 2, 3] };
    const labels = { xlabel: "parameter θ₁", ylabel: "parameter θ₂", title };
    const { root, inside, X, Y } = axes({ width, height: Math.max(230, 0.5 * width), ...span, ...ticks, ...labels });
    for (const level of LEVELS) {
      const [rx, ry] = data.curvatures.map((curvature) => Math.sqrt((2 * level) / curvature));
      const size = { rx: X(rx) - X(0), ry: Y(0) - Y(ry) };
      inside.append(svg("ellipse", { cx: X(0), cy: Y(0), ...size, class: "mlp-blue", fill: "none" }));
    }
    const way = points.map(([u, v]) => [X(u), Y(v)].map((pixel) => Math.min(1e4, Math.max(-1e4, pixel))));
    inside.append(path(way, { class: "mlp-orange mlp-dashed" }));
    for (const [cx, cy] of way) inside.append(svg("circle", { cx, cy, r: 2.8, class: "mlp-orange-fill" }));
    const [x, y] = way[0];
    inside.append(svg("rect", { x: x - 5, y: y - 5, width: 10, height: 10, class: "mlp-dot" }));
    inside.append(svg("text", { x: X(0), y: Y(0) + 6, "text-anchor": "middle", class: "mlp-star" }, "★"));
    return root;
  }

  define("bowl", ({ stage, data, controls, set, hint, play }) => {
    controls.push({ name: "steps", label: "steps", min: 0, max: data.steps, step: 1, value: data.steps });
    play("steps", 120, 1);
    hint("In the map at the end, press a place to choose its setting.");
    const risk = (point) => point.reduce((sum, value, i) => sum + (data.curvatures[i] * value * value) / 2, 0);
    return ({ learning_rate: rate, momentum, steps }, width) => {
      const points = formulas.follow(data, rate, momentum, steps);
      const all = formulas.follow(data, rate, momentum, data.steps);
      const { size, turns } = slowest(data.curvatures, rate, momentum);
      const [before, after] = [risk(points[0]), risk(points.at(-1))];
      let verdict = risk(all.at(-1)) > 0.01 * before ? "crawls" : "converges";
      if (size > 0.9 && turns) verdict = "oscillates";
      if (size >= 1 && rate > 0) verdict = "diverges";
      const wide = Math.min(width, 736);
      const half = wide < 560 ? wide : wide / 2 - 4;
      const title = `α = ${general(rate)}, β = ${general(momentum)}: ${verdict}, risk ${powers(general(Number(general(after, 3))))}`;
      const axis = map(data, half, 230, rate, momentum, palette(stage));
      draggable(axis, ([alpha, beta]) => set({ learning_rate: alpha, momentum: beta }));
      const marks = ["■ start", "★ minimum"].map((mark) => html("span", {}, mark));
      const legend = html("p", { class: "mlp-legend" }, ...marks);
      stage.replaceChildren(bowl(points, data, wide, title), legend, risks(points, risk, data, half, 230), axis.root);
      return (
        "A bowl twenty times as curved along one axis as along the other. With learning rate " +
        `${general(rate)} and momentum ${general(momentum)} the descent ${verdict}: after ${points.length - 1} steps ` +
        `the risk ${before.toFixed(1)} has become ${general(after, 2)}.`
      );
    };
  });
})();
