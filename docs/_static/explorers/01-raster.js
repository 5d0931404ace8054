/* Maps of colours: a picture from a table of numbers, and the lines on which such a table has a given value. */
"use strict";

(() => {
  const { formulas, svg } = mlpExplorers;

  /** Return the colours of the page as three numbers each: they differ between light and dark. */
  function palette(element) {
    const style = getComputedStyle(element);
    const read = (name) => {
      const hex = style.getPropertyValue(name).trim();
      return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
    };
    return { blue: read("--mlp-blue"), orange: read("--mlp-orange"), ground: read("--mlp-ground") };
  }

  /** Return the colour of a number from -1, orange, over 0, the ground, to 1, blue. */
  function shade({ blue, orange, ground }, value, strength = 1) {
    const share = Math.min(1, Math.abs(value)) * strength || 0;
    const end = value > 0 ? blue : orange;
    return ground.map((channel, i) => channel + share * (end[i] - channel));
  }

  /** Return an image in a box; `color(column, row)` gives red, green and blue, the first row being the lowest. */
  function raster(columns, rows, box, color) {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [columns, rows];
    const context = canvas.getContext("2d");
    const image = context.createImageData(columns, rows);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        image.data.set([...color(column, row), 255], 4 * ((rows - 1 - row) * columns + column));
      }
    }
    context.putImageData(image, 0, 0);
    return svg("image", { ...box, href: canvas.toDataURL(), preserveAspectRatio: "none" });
  }

  /** Return the d of a path along `level` in a square table, (n, n), whose points stand at X(column) and Y(row). */
  formulas.contour = (table, n, level, X, Y) => {
    const pieces = [];
    for (let row = 0; row + 1 < n; row++) {
      for (let column = 0; column + 1 < n; column++) {
        const corners = [[0, 0], [1, 0], [1, 1], [0, 1]].map(([dx, dy]) => [column + dx, row + dy]);
        const heights = corners.map(([x, y]) => table[y * n + x] - level);
        const cuts = [];
        for (let k = 0; k < 4; k++) {
          const [here, next] = [heights[k], heights[(k + 1) % 4]];
          if (here < 0 === next < 0) continue;
          const share = here / (here - next);
          const [[x, y], [x2, y2]] = [corners[k], corners[(k + 1) % 4]];
          cuts.push(`${X(x + share * (x2 - x)).toFixed(1)} ${Y(y + share * (y2 - y)).toFixed(1)}`);
        }
        for (let k = 0; k + 1 < cuts.length; k += 2) pieces.push(`M${cuts[k]}L${cuts[k + 1]}`);
      }
    }
    return pieces.join("");
  };

  Object.assign(mlpExplorers, { palette, raster, shade });
})();
