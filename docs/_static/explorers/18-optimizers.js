/* A race of two optimizers down an elongated bowl; their points come with the page. */
"use strict";

(() => {
  const { axes, define, general, html, path, svg } = mlpExplorers;
  const LEVELS = [0.3, 2, 8, 20, 40, 70];
  const CURVATURES = [1, 20];

  const risk = (point) => point.reduce((sum, value, i) => sum + (CURVATURES[i] * value * value) / 2, 0);

  function bowl(runs, width) {
    const span = { x: [-10.5, 6], y: [-3.4, 3.4] };
    const ticks = { xticks: [-10, -8, -6, -4, -2, 0, 2, 4, 6], yticks: [-3, -2, -1, 0, 1, 2, 3] };
    const labels = { xlabel: "parameter θ₁", ylabel: "parameter θ₂" };
    const { root, inside, X, Y } = axes({ width, height: Math.max(230, 0.45 * width), ...span, ...ticks, ...labels });
    for (const level of LEVELS) {
      const [rx, ry] = CURVATURES.map((curvature) => Math.sqrt((2 * level) / curvature));
      inside.append(svg("ellipse", { cx: X(0), cy: Y(0), rx: X(rx) - X(0), ry: Y(0) - Y(ry), class: "mlp-grid mlp-ring" }));
    }
    inside.append(svg("text", { x: X(0), y: Y(0) + 6, "text-anchor": "middle", class: "mlp-star" }, "★"));
    runs.forEach(({ points }, i) => {
      const way = points.map(([u, v]) => [X(u), Y(v)].map((pixel) => Math.min(1e4, Math.max(-1e4, pixel))));
      inside.append(path(way, { class: i ? "mlp-orange mlp-dashed" : "mlp-blue" }));
      way.forEach(([x, y], k) => {
        const r = k === way.length - 1 ? 5.5 : 2.6;
        const look = { class: i ? "mlp-orange-fill" : "mlp-blue mlp-ring" }; // rings: also where both are at one place
        inside.append(
          i ? svg("rect", { x: x - r, y: y - r, width: 2 * r, height: 2 * r, ...look }) : svg("circle", { cx: x, cy: y, r: r + 2, ...look }),
        );
      });
    });
    return root;
  }

  define("optimizers", ({ stage, data, controls, hint, play }) => {
    controls.push({ name: "steps", label: "steps", min: 0, max: data.steps, step: 1, value: data.steps });
    play("steps", 250, 1);
    hint("The large marks are where the two are.");
    return ({ left, right, factor, steps }, width) => {
      const runs = [left, right].map((name) => {
        const points = data.paths[name][data.factors.indexOf(factor)].slice(0, steps + 1);
        return { name, rate: general(data.rates[name] * factor, 3), points };
      });
      const marks = runs.map(({ name, rate }, i) => {
        const sign = html("span", { class: i ? "mlp-sign-0" : "mlp-sign-1", "aria-hidden": "true" }, i ? "■" : "○");
        return html("span", {}, sign, ` ${name}, α = ${rate}`);
      });
      const legend = html("p", { class: "mlp-legend" }, ...marks, html("span", {}, "★ minimum"));
      stage.replaceChildren(bowl(runs, Math.min(width, 736)), legend);
      const told = runs.map(
        ({ name, rate, points }) =>
          `${name} with learning rate ${rate} goes from risk ${general(risk(points[0]), 3)} to ${general(risk(points.at(-1)), 2)}`,
      );
      return `Paths of ${steps} steps on an elongated bowl: ${told.join("; ")}.`;
    };
  });
})();
