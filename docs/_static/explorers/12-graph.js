/* A computation graph: step by step forward with its values, and back with its gradients; its inputs can be moved. */
"use strict";

(() => {
  const { define, formulas, general, html, minus, svg } = mlpExplorers;
  const MANY = 12; // values; of more, a sentence tells only some
  const MOVABLE = 6; // inputs; for more, there are no sliders
  const number = (value) => minus(general(value + 0, 3));
  const single = /^\p{L}\P{L}*$/u; // a letter, perhaps with an index
  const italic = (name) => (single.test(name) ? [svg("tspan", { "font-style": "italic" }, name[0]), name.slice(1)] : [name]);

  /** Return the result of an operation, and its derivatives by its inputs, as `mlpkit.graph.Value` does. */
  function compute(operation, x, y) {
    if (operation.startsWith("**")) {
      const n = Number(operation.slice(2));
      return [x ** n, [n ? n * x ** (n - 1) : 0]];
    }
    if (operation === "sigmoid") {
      const e = Math.exp(-Math.abs(x));
      const [above, below] = [1 / (1 + e), e / (1 + e)];
      return [x >= 0 ? above : below, [above * below]];
    }
    return {
      "+": () => [x + y, [1, 1]],
      "-": () => [x - y, [1, -1]],
      "*": () => [x * y, [y, x]],
      "/": () => [x / y, [1 / y, -x / y / y]],
      neg: () => [-x, [-1]],
      exp: () => [Math.exp(x), [Math.exp(x)]],
      log: () => [x > 0 ? Math.log(x) : NaN, [1 / x]],
      tanh: () => [Math.tanh(x), [(1 - Math.tanh(x)) * (1 + Math.tanh(x))]],
      relu: () => [Math.max(0, x), [Number(x > 0)]],
    }[operation]();
  }

  /** Go forward and back through values in topological order; return data, gradients and local derivatives. */
  formulas.graph = (values, moved = {}) => {
    const data = [];
    const locals = values.map(({ name, operation, inputs, data: given }, i) => {
      const [result, local] = inputs.length ? compute(operation, ...inputs.map((j) => data[j])) : [moved[name] ?? given, []];
      data[i] = result;
      return local;
    });
    const grad = data.map(() => 0);
    grad[grad.length - 1] = 1;
    for (let i = values.length - 1; i >= 0; i--) values[i].inputs.forEach((j, k) => (grad[j] += grad[i] * locals[i][k]));
    return { data, grad, locals };
  };

  function describe(values, { data, grad }, known, returned, began) {
    const told = (i) => (values[i].name ? `${values[i].name} = ${number(data[i])}` : number(data[i]));
    const all = [...values.keys()];
    const inputs = all.filter((i) => !values[i].inputs.length);
    const steps = all.filter((i) => known.has(i));
    const of = values.at(-1).name ? ` of ${values.at(-1).name}` : "";
    let text = `A computation graph${of} with the inputs ${inputs.map(told).join(", ")}.`;
    if (steps.length > MANY) text += ` ${steps.length} operations give ${told(steps.at(-1))}.`;
    else if (steps.length) {
      const each = steps.map((i) => `${values[i].symbol} of ${values[i].inputs.map(told).join(" and ")} gives ${told(i)}`);
      text += ` Forward: ${each.join("; ")}.`;
    }
    if (!began) return text;
    const last = values.length - 1;
    const complete = all.filter((i) => i !== last && all.every((u) => !values[u].inputs.includes(i) || returned.has(u)));
    const shown = values.length <= MANY ? complete : complete.filter((i) => values[i].name);
    const gradients = [`1 by ${told(last)}`, ...shown.reverse().map((i) => `${number(grad[i])} by ${told(i)}`)];
    return `${text} Backward: the gradient is ${gradients.join(", ")}.`;
  }

  /** Choose where columns and rows of the layout fall: to the right, or downward on a narrow page. */
  function projection(values, edges, width) {
    const points = [...values.map((value) => value.place), ...edges.flatMap((edge) => edge.points)];
    const extent = (k) => [Math.min(...points.map((p) => p[k])), Math.max(...points.map((p) => p[k]))];
    const [[left, right], [low, high]] = [extent(0), extent(1)];
    const down = width < 560;
    if (down) {
      const across = Math.max(76, Math.min(110, (width - 90) / Math.max(1, high - low)));
      const size = { width: Math.max(width, (high - low) * across + 90), height: (right - left) * 60 + 60 };
      const margin = (size.width - (high - low) * across) / 2;
      return { size, down, project: ([x, y]) => [margin + (high - y) * across, 26 + (x - left) * 60] };
    }
    const along = Math.max(62, Math.min(84, (width - 70) / (right - left)));
    const size = { width: (right - left) * along + 70, height: (high - low) * 70 + 120 };
    return { size, down, project: ([x, y]) => [28 + (x - left) * along, 50 + (high - y) * 70] };
  }

  function drawEdge(root, edge, { project, down }, now) {
    const way = edge.points.slice(0, -1).flatMap(([x, y]) => {
      const labelled = x === edge.label[0] && y === edge.label[1];
      return labelled ? [[x - 0.42, y], [x + 0.42, y]] : [[x, y]];
    });
    const [fromX, fromY] = project(way.at(-1));
    const [endX, endY] = project(edge.points.at(-1));
    const length = Math.hypot(endX - fromX, endY - fromY);
    const [ux, uy] = [(endX - fromX) / length, (endY - fromY) / length];
    const short = edge.target === edge.source ? 0 : down ? 17 : 20;
    const [tipX, tipY] = [endX - short * ux, endY - short * uy];
    const [neckX, neckY] = [tipX - 8 * ux, tipY - 8 * uy];
    const points = [...way.map(project), [neckX, neckY]];
    root.append(mlpExplorers.path(points, { class: now ? "mlp-edge-now" : "mlp-edge" }));
    const wings = `${tipX},${tipY} ${neckX - 4.5 * uy},${neckY + 4.5 * ux} ${neckX + 4.5 * uy},${neckY - 4.5 * ux}`;
    root.append(svg("polygon", { points: wings, class: now ? "mlp-tip-now" : "mlp-tip" }));
  }

  function drawNode(root, value, i, { project }, now) {
    const [x, y] = project(value.place);
    const text = value.inputs.length ? value.symbol : value.name || number(value.data);
    const half = Math.max(14, 5 + 4 * text.length);
    const look = { x: x - half, y: y - 14, width: 2 * half, height: 28 };
    const shape = value.inputs.length
      ? svg("circle", { cx: x, cy: y, r: Math.min(20, Math.max(15, half)), class: `mlp-operation${now ? " mlp-now" : ""}` })
      : svg("rect", { ...look, rx: 6, class: "mlp-input" });
    root.append(shape, svg("text", { x, y: y + 4.5, "text-anchor": "middle" }, ...(value.inputs.length ? [text] : italic(text))));
  }

  define("graph", ({ stage, data: { values, edges }, controls, set, read, button, play }) => {
    const inputs = values.filter((value) => !value.inputs.length && value.name);
    const movable = inputs.length <= MOVABLE ? inputs : [];
    for (const { name, data } of movable) {
      const reach = Math.max(4, Math.ceil(Math.abs(data)));
      controls.push({ name: `input ${name}`, label: `input ${name}`, min: -reach, max: reach, step: 0.25, value: data });
    }
    const operations = [...values.keys()].filter((i) => values[i].inputs.length);
    const n = operations.length;
    button("◂ Step back", () => set({ step: Math.max(0, read("step") - 1) }));
    button("Step on ▸", () => set({ step: Math.min(2 * n + 1, read("step") + 1) }));
    play("step", 1200, 1);
    const heading = html("p", { class: "mlp-heading" });
    const scroll = html("div", { class: "mlp-scroll", tabindex: "0", role: "group", "aria-label": "computation graph" });
    stage.append(heading, scroll);
    return (setting, width) => {
      const { step } = setting;
      const result = formulas.graph(values, Object.fromEntries(movable.map(({ name }) => [name, setting[`input ${name}`]])));
      const known = new Set(operations.slice(0, step));
      const returned = new Set(step > n ? operations.slice(2 * n + 1 - step) : []);
      const began = step > n;
      const active = step === 0 || step === n + 1 ? -1 : operations[began ? 2 * n + 1 - step : step - 1];
      const view = projection(values, edges, width);
      const { size } = view;
      const root = svg("svg", { ...size, viewBox: `0 0 ${size.width} ${size.height}`, "aria-hidden": "true" });
      for (const edge of edges) drawEdge(root, edge, view, edge.target === active && edge.source !== active);
      values.forEach((value, i) => drawNode(root, value, i, view, i === active));
      for (const { source, target, input, label } of edges) {
        const [x, y] = view.project(label);
        const lift = view.down ? 11 : 0; // off the place where the edge turns
        const text = (dy, look, ...content) => svg("text", { x, y: y + dy - lift, class: look, "text-anchor": "middle" }, ...content);
        const computed = values[source].inputs.length > 0;
        const name = computed && values[source].name ? [...italic(values[source].name), " = "] : [];
        if (!computed || known.has(source)) root.append(text(-6, "mlp-value", ...name, number(result.data[source])));
        if (source === target ? began : returned.has(target)) {
          const local = source === target ? 1 : result.locals[target][input];
          root.append(text(16, "mlp-grad", `grad ${number(result.grad[target] * local)}`));
          const product = `${number(result.grad[target])} × ${number(local)}`;
          if (source !== target) root.append(text(30, "mlp-product", product));
        }
      }
      values.forEach((value, i) => {
        const uses = edges.filter((edge) => edge.source === i && edge.target !== i);
        if (uses.length < 2 || !uses.every((edge) => returned.has(edge.target))) return;
        const [x, y] = view.project(value.place);
        root.append(svg("text", { x, y: y + 32, class: "mlp-grad", "text-anchor": "middle" }, `sum ${number(result.grad[i])}`));
      });
      heading.textContent = `step ${step} of ${2 * n + 1}: ${began ? "backward" : "forward"}`;
      const at = scroll.scrollLeft;
      scroll.replaceChildren(root);
      scroll.scrollLeft = at;
      return describe(values, result, known, returned, began);
    };
  });
})();
