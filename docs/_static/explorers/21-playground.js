/* The playground: a network that learns in the page, its border, a map of each hidden neuron, and its loss. */
"use strict";

(() => {
  const { axes, define, formulas, general, html, palette, path, raster, shade, svg } = mlpExplorers;
  const GRID = 49; // places to a side of the large map
  const SMALL = 25; // and of the small ones: every other
  const MOST_STEPS = 1000;

  /** A training that is computed as far as it was asked for, and remembers every step. */
  class Training {
    constructor(setting, { X, y, draws }) {
      this.network = new formulas.Network(setting.depth, setting.width, setting.activation, draws);
      this.ahead = new formulas.Network(setting.depth, setting.width, setting.activation, draws);
      [this.rate, this.X, this.y] = [setting.learning_rate, X.flat(), y];
      this.saved = [this.ahead.save()];
      this.found = [this.ahead.evaluate(this.X, y)];
    }

    at(step) {
      while (this.saved.length <= step) {
        this.ahead.step(this.X, this.y, this.rate);
        this.saved.push(this.ahead.save());
        this.found.push(this.ahead.evaluate(this.X, this.y));
      }
      this.network.load(this.saved[step]);
      return this.found[step];
    }
  }

  function reachOf(X) {
    return Math.ceil(4 * Math.max(...X.flat().map(Math.abs))) / 4;
  }

  function grid(reach) {
    const side = Array.from({ length: GRID }, (_, i) => -reach + (2 * reach * i) / (GRID - 1));
    return side.flatMap((y) => side.flatMap((x) => [x, y]));
  }

  function border({ X, y }, table, reach, size, colors) {
    const ticks = [-1, -0.5, 0, 0.5, 1].filter((value) => Math.abs(value) <= reach);
    const span = [-reach, reach];
    const labels = { xlabel: "input x₁", ylabel: "input x₂", xticks: ticks, yticks: ticks };
    const axis = axes({ width: size, height: size - 6, x: span, y: span, ...labels });
    const { root, inside } = axis;
    const half = reach / (GRID - 1); // each number stands in the middle of its spot
    const box = { x: axis.X(-reach - half), y: axis.Y(reach + half) };
    const reached = { width: axis.X(reach + half) - box.x, height: axis.Y(-reach - half) - box.y };
    const color = (column, row) => shade(colors, 2 * table[row * GRID + column] - 1, 0.42);
    inside.append(raster(GRID, GRID, { ...box, ...reached }, color));
    const at = (i) => -reach + (2 * reach * i) / (GRID - 1);
    const line = formulas.contour(table, GRID, 0.5, (i) => axis.X(at(i)), (i) => axis.Y(at(i)));
    inside.append(svg("path", { d: line, class: "mlp-ink mlp-thick" }));
    X.forEach(([x1, x2], s) => {
      const [cx, cy] = [axis.X(x1), axis.Y(x2)];
      const mark = y[s]
        ? svg("circle", { cx, cy, r: 3.4, class: "mlp-class-1" })
        : svg("rect", { x: cx - 3, y: cy - 3, width: 6, height: 6, class: "mlp-class-0" });
      inside.append(mark);
    });
    return root;
  }

  /** Return the outputs of neuron j of n at every other place of the grid. */
  function everyOther(A, n, j) {
    const place = (i) => 2 * Math.floor(i / SMALL) * GRID + 2 * (i % SMALL);
    return Float64Array.from({ length: SMALL * SMALL }, (_, i) => A[place(i) * n + j]);
  }

  /** Draw what one hidden neuron makes of every place: blue where it is positive, and a line where it is zero. */
  function unit(table, size, colors) {
    const top = Math.max(...table.map(Math.abs)) || 1;
    const root = svg("svg", { width: size, height: size, "aria-hidden": "true" });
    const box = { x: 0, y: 0, width: size, height: size };
    root.append(raster(SMALL, SMALL, box, (column, row) => shade(colors, table[row * SMALL + column] / top, 0.85)));
    const at = (i) => ((i + 0.5) * size) / SMALL;
    const line = formulas.contour(table, SMALL, 0, at, (i) => size - at(i));
    root.append(svg("path", { d: line, class: "mlp-ink" }), svg("rect", { ...box, class: "mlp-frame" }));
    return root;
  }

  function curve(training, step, width) {
    const losses = training.found.map(({ loss }) => loss);
    const top = Math.max(0.8, Math.min(2, Math.ceil(5 * losses[0]) / 5));
    const labels = { xlabel: "step", ylabel: "loss", xticks: [0, 250, 500, 750, 1000], yticks: [0, top / 2, top] };
    const { root, inside, X, Y } = axes({ width, height: 150, x: [0, MOST_STEPS], y: [0, top], ...labels });
    const way = losses.map((loss, i) => [X(i), Y(Number.isFinite(loss) ? Math.min(loss, 2 * top) : 2 * top)]);
    inside.append(path(way, { class: "mlp-orange mlp-thick" }));
    inside.append(svg("circle", { cx: way[step][0], cy: way[step][1], r: 5, class: "mlp-dot" }));
    return root;
  }

  function legend() {
    const sign = (look, content) => html("span", { class: look, "aria-hidden": "true" }, content);
    return html("p", {}, sign("mlp-sign-1", "●"), " class 1  ", sign("mlp-sign-0", "■"), " class 0  ", "— border");
  }

  define("playground", ({ stage, data, controls, set, button, play }) => {
    controls.push({ name: "steps", label: "steps", min: 0, max: MOST_STEPS, step: 10, value: 400 });
    let draw = 0;
    button("↺ From the start", () => set({ steps: 0 }));
    play("steps", 50, 10);
    button("Other first weights", () => {
      draw = (draw + 1) % data.draws.length;
      set({});
    });
    let key = "";
    let training = null;
    return (setting, width) => {
      const { steps, ...trained } = setting;
      const wanted = JSON.stringify([trained, draw]);
      const samples = data.samples[setting.data];
      if (wanted !== key) training = new Training(setting, { ...samples, draws: data.draws[draw] });
      key = wanted;
      const { loss, accuracy } = training.at(steps);
      const reach = reachOf(samples.X);
      const passes = training.network.forward(grid(reach));
      const colors = palette(stage);
      const wide = Math.min(width, 736);
      const size = wide < 560 ? Math.min(wide, 400) : 350;
      const rest = wide < 560 ? wide : wide - size - 8;
      const percent = general(Math.floor(1000 * accuracy + 1e-9) / 10); // rounded down: only all are 100
      const heading = html("p", { class: "mlp-heading" }, `step ${steps}: loss ${loss.toFixed(3)}, ${percent} % right`);
      const large = html("div", { class: "mlp-large" }, border(samples, passes.at(-1).A, reach, size, colors), legend());
      const side = html("div", { class: "mlp-layers" });
      passes.slice(0, -1).forEach(({ A }, i) => {
        const n = setting.width;
        const small = Math.max(28, Math.min(60, Math.floor((rest - 4 * n) / n)));
        const tables = Array.from({ length: n }, (_, j) => everyOther(A, n, j));
        side.append(html("p", {}, `hidden layer ${i + 1}`));
        side.append(html("div", { class: "mlp-units" }, ...tables.map((table) => unit(table, small, colors))));
      });
      if (passes.length === 1) side.append(html("p", {}, "no hidden neurons"));
      side.append(curve(training, steps, Math.min(rest, 380)));
      stage.replaceChildren(heading, large, side);
      const hidden = ["no hidden layer", "1 hidden layer", "2 hidden layers", "3 hidden layers"][setting.depth];
      const neurons = setting.depth ? ` of ${setting.width} ${setting.activation} neurons` : "";
      const title = setting.data[0].toUpperCase() + setting.data.slice(1);
      return (
        `${title}, ${hidden}${neurons}, learning rate ${general(setting.learning_rate)}, after ${steps} steps: loss ${loss.toFixed(3)}, ${percent} percent of ` +
        "the training samples right. The line is the border; a small map for each hidden neuron is blue where it is " +
        "positive, orange where it is negative."
      );
    };
  });
})();
