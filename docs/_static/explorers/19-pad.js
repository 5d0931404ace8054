/* A pad to draw a digit on: a network that was trained before answers, in the page. */
"use strict";

(() => {
  const { axes, define, formulas, general, html, raster, svg } = mlpExplorers;
  const SIZE = 224; // of the pad, in pixels
  const PEN = 22;
  const [SIDE, BLOCK] = [32, 4];

  /** Return from a picture's brightness, 0 to 255, what a network for the digits takes, as `mlpkit.pictures.to_digit`. */
  formulas.toDigit = (grey, width, height) => {
    let [low, high] = [Infinity, -Infinity];
    for (const value of grey) [low, high] = [Math.min(low, value), Math.max(high, value)];
    const ink = (row, column) => grey[row * width + column] < (low + high) / 2;
    const numbers = (n) => Array.from({ length: n }, (_, i) => i);
    const rows = numbers(height).filter((row) => numbers(width).some((column) => ink(row, column)));
    const columns = numbers(width).filter((column) => rows.some((row) => ink(row, column)));
    const counts = new Array((SIDE / BLOCK) ** 2).fill(0);
    if (rows.length) {
      const [top, left] = [rows[0], columns[0]];
      const [tall, wide] = [rows.at(-1) - top + 1, columns.at(-1) - left + 1];
      const longest = Math.max(tall, wide);
      const place = (dot, length) => Math.floor(((dot + 0.5) * longest) / SIDE - (longest - length) / 2);
      for (let i = 0; i < SIDE; i++) {
        for (let j = 0; j < SIDE; j++) {
          const [row, column] = [place(i, tall), place(j, wide)];
          const inside = row >= 0 && row < tall && column >= 0 && column < wide;
          if (inside && ink(top + row, left + column)) counts[Math.floor(i / BLOCK) * (SIDE / BLOCK) + Math.floor(j / BLOCK)]++;
        }
      }
    }
    return counts.map((count) => (count - 8) / 8);
  };

  /** Return the probabilities of the classes for one input: dense layers with ReLU, softmax after the last. */
  formulas.classify = (layers, input) => {
    let a = input;
    layers.forEach(({ W, b }, l) => {
      const z = b.map((bias, j) => a.reduce((sum, value, k) => sum + value * W[k * b.length + j], bias));
      a = l + 1 < layers.length ? z.map((value) => Math.max(0, value)) : formulas.softmax(z);
    });
    return a;
  };

  function bars(shares, width) {
    const best = shares.indexOf(Math.max(...shares));
    const title = `${best} with probability ${shares[best].toFixed(2)}`;
    const ticks = { xticks: shares.map((_, i) => i), yticks: [0, 0.25, 0.5, 0.75, 1] };
    const labels = { xlabel: "class", ylabel: "probability", title };
    const { root, inside, X, Y } = axes({ width, height: 230, x: [-0.6, 9.6], y: [0, 1.05], ...ticks, ...labels });
    shares.forEach((share, i) => {
      const box = { x: X(i - 0.38), y: Y(share), width: X(0.76) - X(0), height: Y(0) - Y(share) };
      inside.append(svg("rect", { ...box, class: i === best ? "mlp-blue-fill" : "mlp-input" }));
    });
    return root;
  }

  function seen(digit) {
    const size = 120;
    const box = { x: 0, y: 0, width: size, height: size };
    const root = svg("svg", { width: size, height: size, "aria-hidden": "true" });
    const n = SIDE / BLOCK;
    root.append(raster(n, n, box, (column, row) => Array(3).fill(255 - 127.5 * (1 + digit[(n - 1 - row) * n + column]))));
    return html("div", {}, root, html("p", { class: "mlp-hint" }, "what the network gets: 8 × 8 numbers"));
  }

  define("pad", ({ stage, data, set, button, hint }) => {
    const canvas = html("canvas", { class: "mlp-pad", width: SIZE, height: SIZE });
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    Object.assign(pen, { lineWidth: PEN, lineCap: "round", lineJoin: "round", strokeStyle: "black" });
    const all = [0, 0, SIZE, SIZE];
    let [drawn, area] = [false, all];
    const clear = () => {
      [drawn, area] = [false, all];
      pen.fillStyle = "white";
      pen.fillRect(0, 0, SIZE, SIZE);
    };
    const at = ({ clientX, clientY }) => {
      const box = canvas.getBoundingClientRect();
      return [((clientX - box.left) * SIZE) / box.width, ((clientY - box.top) * SIZE) / box.height];
    };
    const line = (...points) => {
      pen.beginPath();
      points.forEach(([x, y], i) => pen[i ? "lineTo" : "moveTo"](x, y));
      pen.stroke();
      drawn = true;
    };
    let last = null;
    canvas.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      last = at(event);
      line(last, [last[0] + 0.1, last[1]]);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!last) return;
      const here = at(event);
      line(last, here);
      last = here;
    });
    for (const kind of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(kind, () => {
        last = null;
        set({});
      });
    }
    const load = async ({ target }) => {
      const [chosen] = target.files;
      if (!chosen) return;
      target.value = ""; // so that the same file can be chosen again
      clear();
      try {
        const picture = await createImageBitmap(chosen);
        const scale = SIZE / Math.max(picture.width, picture.height);
        const [wide, tall] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(scale * side)));
        [drawn, area] = [true, [Math.floor((SIZE - wide) / 2), Math.floor((SIZE - tall) / 2), wide, tall]];
        pen.drawImage(picture, ...area);
      } catch {
        set({});
        stage.append(html("p", { class: "mlp-hint" }, "This file is no picture that can be read."));
        return;
      }
      set({});
    };
    const examples = {
      4: [[[70, 30], [50, 120], [170, 120]], [[140, 60], [130, 200]]],
      7: [[[50, 40], [170, 40], [100, 195]]],
      0: [[[112, 30], [60, 75], [60, 150], [112, 195], [165, 150], [165, 75], [112, 30]]],
    };
    button("Clear", () => {
      clear();
      set({});
    });
    for (const [digit, strokes] of Object.entries(examples)) {
      button(`Draw a ${digit}`, () => {
        clear();
        for (const stroke of strokes) line(...stroke);
        set({});
      });
    }
    const file = html("input", { type: "file", accept: "image/*", hidden: "" });
    file.addEventListener("change", load);
    button("Load a picture", () => file.click()).after(file);
    hint("Draw one digit with the mouse, a pen or a finger. A picture that you load stays on this computer.");
    clear();
    return (_, width) => {
      if (!drawn) {
        stage.replaceChildren(canvas);
        return "The pad is empty: draw one digit, and the network says which it reads.";
      }
      const { data: pixels, width: wide, height: tall } = pen.getImageData(...area);
      const grey = Array.from({ length: wide * tall }, (__, i) => (pixels[4 * i] + pixels[4 * i + 1] + pixels[4 * i + 2]) / 3);
      const digit = formulas.toDigit(grey, wide, tall);
      const shares = formulas.classify(data.layers, digit);
      const best = shares.indexOf(Math.max(...shares));
      stage.replaceChildren(canvas, seen(digit), bars(shares, Math.min(width, 380)));
      return `The answer is ${general(best)} with probability ${shares[best].toFixed(2)}.`;
    };
  });
})();
