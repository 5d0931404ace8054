/* Three scores, a temperature, and the probabilities that softmax makes of them. */
"use strict";

(() => {
  const { axes, define, formulas, general, hatch, minus, svg } = mlpExplorers;

  /** Return the softmax of scores; the largest one is subtracted first, so that nothing overflows. */
  formulas.softmax = (scores) => {
    const top = Math.max(...scores);
    const powers = scores.map((score) => Math.exp(score - top));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return powers.map((power) => power / total);
  };

  define("softmax", ({ stage }) => ({ z1, z2, z3, temperature }, width) => {
    const scores = [z1, z2, z3];
    const shares = formulas.softmax(scores.map((score) => score / temperature));
    const best = shares.indexOf(Math.max(...shares));
    const title = `temperature ${general(temperature)}`;
    const labels = { xlabel: "classes and their scores", ylabel: "probability", title };
    const xticks = scores.map((score, i) => [i, minus(`class ${i}: z = ${general(score)}`)]);
    const ticks = { xticks, yticks: [0, 0.25, 0.5, 0.75, 1] };
    const size = { width: Math.min(width, 440), height: 330 };
    const { root, inside, X, Y } = axes({ ...size, x: [-0.6, 2.6], y: [0, 1.15], ...ticks, ...labels });
    shares.forEach((share, i) => {
      const box = { x: X(i - 0.36), y: Y(share), width: X(0.72) - X(0), height: Y(0) - Y(share) };
      inside.append(svg("rect", { ...box, class: i === best ? "mlp-input" : "mlp-operation" }));
      if (i === best) inside.append(svg("rect", { ...box, fill: hatch(root) }));
      const label = { x: X(i), y: Y(share) - 7, "text-anchor": "middle", class: "mlp-label" };
      inside.append(svg("text", label, share.toFixed(2)));
    });
    stage.replaceChildren(root);
    return (
      `Three bars: the scores ${scores.map((score) => general(score)).join(", ")} at temperature ` +
      `${general(temperature)} become the probabilities ${shares.map((share) => share.toFixed(2)).join(", ")}.`
    );
  });
})();
