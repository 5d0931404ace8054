/* A neuron with two inputs: the half-plane where it fires, its weight vector, and what it makes of one point. */
"use strict";

(() => {
  const { axes, define, draggable, formulas, general, hatch, minus, path, svg } = mlpExplorers;
  const REACH = 3;
  const CORNERS = [[-REACH, -REACH], [REACH, -REACH], [REACH, REACH], [-REACH, REACH]];

  /** Return the weighted sum of a neuron. */
  formulas.neuron = ({ w1, w2, b, x1, x2 }) => w1 * x1 + w2 * x2 + b;

  /** Return the corners of the part of the square on which the neuron fires, and where its line crosses the rim. */
  function halfPlane(neuron) {
    const corners = [];
    const crossings = [];
    CORNERS.forEach((from, i) => {
      const to = CORNERS[(i + 1) % 4];
      const [z, next] = [from, to].map(([x1, x2]) => formulas.neuron({ ...neuron, x1, x2 }));
      if (z >= 0) corners.push(from);
      if (z >= 0 !== next >= 0) {
        const share = z / (z - next);
        crossings.push([from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])]);
        corners.push(crossings.at(-1));
      }
    });
    return { corners, crossings };
  }

  function arrow(inside, [x, y], [tipX, tipY]) {
    const length = Math.hypot(tipX - x, tipY - y);
    const [ux, uy] = [(tipX - x) / length, (tipY - y) / length];
    const head = Math.min(12, length);
    const base = [tipX - head * ux, tipY - head * uy];
    inside.append(path([[x, y], base], { class: "mlp-weights" }));
    const wing = (side) => [base[0] - side * 0.5 * head * uy, base[1] + side * 0.5 * head * ux];
    inside.append(path([[tipX, tipY], wing(1), wing(-1)], { class: "mlp-weights-head" }));
  }

  function describe({ w1, w2, b }, foot) {
    const told = `A neuron with weights (${general(w1)}, ${general(w2)}) and bias ${general(b)}.`;
    if (!foot) return `${told} Without weights there is no line: it ${b >= 0 ? "always" : "never"} fires.`;
    return (
      `${told} The line goes through (${general(foot[0], 2)}, ${general(foot[1], 2)}); there the weight vector stands ` +
      "on it at a right angle and points to the hatched side, where the neuron fires."
    );
  }

  define("neuron", ({ stage, controls, set, hint }) => {
    hint("Drag the point in the drawing, or move its inputs.");
    const point = { min: -REACH, max: REACH, step: 0.25 };
    controls.push({ ...point, name: "x1", label: "input x₁", value: 1 }, { ...point, name: "x2", label: "input x₂", value: -2 });
    return (setting, width) => {
      const { w1, w2, b, x1, x2 } = setting;
      const size = Math.min(width, 440);
      const ticks = [-3, -2, -1, 0, 1, 2, 3];
      const title = minus(`w = (${general(w1)}, ${general(w2)}),  b = ${general(b)}`);
      const span = [-REACH, REACH];
      const labels = { xlabel: "input x₁", ylabel: "input x₂", title };
      const axis = axes({ width: size, height: size + 12, x: span, y: span, xticks: ticks, yticks: ticks, ...labels });
      const { root, inside, X, Y } = axis;
      const place = ([px, py]) => [X(px), Y(py)];
      const { corners, crossings } = halfPlane(setting);
      if (corners.length > 2) {
        const points = corners.map((corner) => place(corner).join()).join(" ");
        inside.append(svg("polygon", { points, class: "mlp-fires" }), svg("polygon", { points, fill: hatch(root) }));
      }
      if (crossings.length === 2) inside.append(path(crossings.map(place), { class: "mlp-blue mlp-thick" }));
      const squared = w1 * w1 + w2 * w2;
      const foot = squared > 0 ? [0 - (b * w1) / squared, 0 - (b * w2) / squared] : null;
      if (foot) arrow(inside, place(foot), place([foot[0] + w1, foot[1] + w2]));
      inside.append(svg("path", { d: `M${X(0) - 6} ${Y(0)}h12M${X(0)} ${Y(0) - 6}v12`, class: "mlp-ink" }));
      const z = formulas.neuron(setting);
      const mark =
        z >= 0
          ? svg("circle", { cx: X(x1), cy: Y(x2), r: 7, class: "mlp-class-1" })
          : svg("rect", { x: X(x1) - 6, y: Y(x2) - 6, width: 12, height: 12, class: "mlp-class-0" });
      const clear = (side) => Math.abs(formulas.neuron({ ...setting, x1: x1 + 0.6 * side })) * (z * formulas.neuron({ ...setting, x1: x1 + 1.1 * side }) > 0);
      const right = x1 <= 1.6 && (x1 < -1.6 || clear(1) >= clear(-1)); // away from the line, and inside
      const label = { x: X(x1) + (right ? 13 : -13), y: Y(x2) + 4, "text-anchor": right ? "start" : "end", class: "mlp-label" };
      inside.append(mark, svg("text", label, minus(`z = ${general(z)}`)));
      draggable(axis, ([px, py]) => set({ x1: px, x2: py }));
      stage.replaceChildren(root);
      const verdict = z >= 0 ? "it fires" : "it does not fire";
      return `${describe(setting, foot)} At the point (${general(x1)}, ${general(x2)}) its sum is z = ${general(z)}: ${verdict}.`;
    };
  });
})();
