/* A line through rides, with its errors; and the same line as a place on the map of its risk. */
"use strict";

(() => {
  const { axes, define, draggable, fixed, formulas, general, minus, path, svg } = mlpExplorers;
  const LEVELS = [1.5, 10, 50, 150, 400, 800, 1600];
  const SPANS = { w: [-2, 10], b: [-10, 20] };
  const GRID = 81; // places to a side of the map
  const FAR = 1e4;

  const mean = (numbers) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

  /** Return the mean squared error of a line, and its slopes by w and b. */
  formulas.line = ({ x, y }, w, b) => {
    const errors = x.map((each, i) => w * each + b - y[i]);
    return {
      risk: mean(errors.map((error) => error * error)),
      slopes: [2 * mean(errors.map((error, i) => error * x[i])), 2 * mean(errors)],
    };
  };

  formulas.followLine = (rides, w, b, rate, steps) => {
    const points = [[w, b]];
    while (points.length <= steps && Math.max(...points.at(-1).map(Math.abs)) < FAR) {
      const [here, there] = points.at(-1);
      const { slopes } = formulas.line(rides, here, there);
      points.push([here - rate * slopes[0], there - rate * slopes[1]]);
    }
    return points;
  };

  function rides(axis, { x, y }, lines) {
    const { inside, X, Y } = axis;
    for (const [w, b, look] of lines) inside.append(path([[X(0), Y(b)], [X(7), Y(7 * w + b)]], { class: look }));
    x.forEach((each, i) => inside.append(svg("circle", { cx: X(each), cy: Y(y[i]), r: 4.5, class: "mlp-dot" })));
  }

  const LABELS = { xlabel: "distance x (km)", ylabel: "time y (min)", xticks: [0, 1, 2, 3, 4, 5, 6, 7] };

  define("regression", ({ stage, data, hint }) => {
    hint("Dots are rides, dashed their distances to the line.");
    return ({ w, b }, width) => {
      const wide = Math.min(width, 440);
      const { risk } = formulas.line(data, w, b);
      const title = minus(`w = ${general(w)}, b = ${general(b)}: MSE ${fixed(risk, 1)} min²`);
      const size = { width: wide, height: Math.max(260, 0.8 * wide) };
      const axis = axes({ ...size, x: [0, 7], y: [0, 40], yticks: [0, 10, 20, 30, 40], ...LABELS, title });
      const { X, Y } = axis;
      data.x.forEach((x, i) => {
        const ends = [[X(x), Y(w * x + b)], [X(x), Y(data.y[i])]];
        axis.inside.append(path(ends, { class: "mlp-orange mlp-thick mlp-dashed" }));
      });
      rides(axis, data, [[w, b, "mlp-blue mlp-thick"]]);
      stage.replaceChildren(axis.root);
      return (
        `Six rides and the line y = ${general(w)} x + ${general(b)}, with a dashed vertical residual from each ride to the ` +
        `line. Mean squared error ${fixed(risk, 1)} square minutes.`
      );
    };
  });

  let table = null;

  function map(data, points, width, height, title) {
    const ticks = { xticks: [-2, 0, 2, 4, 6, 8, 10], yticks: [-10, -5, 0, 5, 10, 15, 20] };
    const labels = { xlabel: "weight w (min/km)", ylabel: "bias b (min)", title };
    const axis = axes({ width, height, x: SPANS.w, y: SPANS.b, ...ticks, ...labels });
    const { inside, X, Y } = axis;
    const at = (span, i) => span[0] + ((span[1] - span[0]) * i) / (GRID - 1);
    const place = (i) => formulas.line(data, at(SPANS.w, i % GRID), at(SPANS.b, Math.floor(i / GRID))).risk;
    table ??= Float64Array.from({ length: GRID * GRID }, (_, i) => place(i));
    for (const level of LEVELS) {
      const d = formulas.contour(table, GRID, level, (i) => X(at(SPANS.w, i)), (i) => Y(at(SPANS.b, i)));
      inside.append(svg("path", { d, class: "mlp-blue", fill: "none" }));
    }
    const way = points.map(([w, b]) => [X(w), Y(b)].map((pixel) => Math.min(1e4, Math.max(-1e4, pixel))));
    inside.append(path(way, { class: "mlp-orange mlp-dashed" }));
    for (const [cx, cy] of way) inside.append(svg("circle", { cx, cy, r: 2.6, class: "mlp-orange-fill" }));
    inside.append(svg("rect", { x: way[0][0] - 5, y: way[0][1] - 5, width: 10, height: 10, class: "mlp-dot" }));
    const [x, y] = [X(data.best[0]), Y(data.best[1]) + 6];
    inside.append(svg("text", { x, y, "text-anchor": "middle", class: "mlp-star" }, "★"));
    return axis;
  }

  define("fit", ({ stage, data, set, hint, play }) => {
    play("steps", 60, 5);
    hint("Press a place on the map to choose the line that belongs to it.");
    return ({ w, b, learning_rate: rate, steps }, width) => {
      const points = formulas.followLine(data, w, b, rate, steps);
      const [wEnd, bEnd] = points.at(-1);
      const { risk } = formulas.line(data, wEnd, bEnd);
      const wide = Math.min(width, 736);
      const half = wide < 560 ? wide : wide / 2 - 4;
      const title = minus(`w = ${fixed(wEnd, 2)}, b = ${fixed(bEnd, 2)}`);
      const size = { width: half, height: Math.max(250, 0.75 * half) };
      const left = axes({ ...size, x: [0, 7], y: [-5, 45], yticks: [0, 10, 20, 30, 40], ...LABELS, title });
      const lines = [[wEnd, bEnd, "mlp-blue mlp-thick"]];
      rides(left, data, steps ? [[w, b, "mlp-orange mlp-dashed"], ...lines] : lines);
      const right = map(data, points, size.width, size.height, `risk ${general(risk, 3)} min²`);
      draggable(right, ([toW, toB]) => set({ w: toW, b: toB, steps: 0 }));
      stage.replaceChildren(left.root, right.root);
      const told =
        `First, six rides and the line y = ${fixed(wEnd, 2)} x ${bEnd < 0 ? "−" : "+"} ${fixed(Math.abs(bEnd), 2)}. Second, the contours of the risk, a long ` +
        `narrow valley with its minimum at w = ${fixed(data.best[0], 2)}, b = ${fixed(data.best[1], 2)}; risk here ` +
        `${general(risk, 3)} square minutes.`;
      return steps ? `${told} ${steps} steps of descent lead here from w = ${general(w)}, b = ${general(b)}.` : told;
    };
  });
})();
