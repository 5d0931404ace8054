/* A step neuron on the unit square, beside the truth table that it should follow. */
"use strict";

(() => {
  const { axes, define, general, hatch, svg } = mlpExplorers;
  const CORNERS = [[0, 0], [0, 1], [1, 0], [1, 1]];
  const WANTED = { AND: [0, 0, 0, 1], OR: [0, 1, 1, 1], XOR: [0, 1, 1, 0] };
  const [LOW, HIGH] = [-0.5, 1.5];

  /** Return the corners of the part of the square on which a sum is not negative: what is cut off is left out. */
  function side(sum) {
    const square = [[LOW, LOW], [HIGH, LOW], [HIGH, HIGH], [LOW, HIGH]];
    return square.flatMap((here, i) => {
      const next = square[(i + 1) % 4];
      const [z, zNext] = [sum(here), sum(next)];
      const kept = z >= 0 ? [here] : [];
      if (z < 0 === zNext < 0) return kept;
      const share = z / (z - zNext);
      return [...kept, here.map((value, k) => value + share * (next[k] - value))];
    });
  }

  define("gate", ({ stage, hint }) => {
    hint("Find weights with which all four corners are right.");
    return ({ gate, w1, w2, b }, width) => {
      const sum = ([x1, x2]) => w1 * x1 + w2 * x2 + b;
      const right = CORNERS.map((corner, i) => Number(sum(corner) >= 0) === WANTED[gate][i]);
      const count = right.filter(Boolean).length;
      const wide = Math.min(width, 440);
      const ticks = { xticks: [-0.5, 0, 0.5, 1, 1.5], yticks: [-0.5, 0, 0.5, 1, 1.5] };
      const labels = { xlabel: "input x₁", ylabel: "input x₂", title: `${gate}: ${count} of 4 right` };
      const axis = axes({ width: wide, height: wide, x: [LOW, HIGH], y: [LOW, HIGH], ...ticks, ...labels });
      const { root, inside, X, Y } = axis;
      const points = side(sum).map(([x, y]) => `${X(x).toFixed(1)},${Y(y).toFixed(1)}`).join(" ");
      inside.append(svg("polygon", { points, class: "mlp-fires" }), svg("polygon", { points, fill: hatch(root) }));
      CORNERS.forEach((corner, i) => {
        const [cx, cy] = [X(corner[0]), Y(corner[1])];
        const mark = WANTED[gate][i]
          ? svg("circle", { cx, cy, r: 8, class: "mlp-class-1" })
          : svg("rect", { x: cx - 7, y: cy - 7, width: 14, height: 14, class: "mlp-class-0" });
        const above = sum(corner) * w2 > 0; // the side away from the border
        const label = { x: cx, y: cy + (above ? -15 : 26), "text-anchor": "middle", class: "mlp-label" };
        inside.append(mark, svg("text", label, `${WANTED[gate][i]}: ${right[i] ? "right" : "wrong"}`));
      });
      stage.replaceChildren(root);
      return (
        `The corners of a square with the answers of ${gate}, circles for 1 and squares for 0, and the hatched side on ` +
        `which a neuron with weights (${general(w1)}, ${general(w2)}) and bias ${general(b)} fires: ${count} of 4 are right.`
      );
    };
  });
})();
