/* Explorers whose drawings were made before, one for each setting: a file of them is loaded when the reader comes near. */
"use strict";

(() => {
  const { define, html } = mlpExplorers;
  const folder = new URL("../scenes/", document.currentScript.src).href;
  const tables = new Map();
  const waiting = new Map();
  const NEAR = "1200px";

  /** Take a file's table, and start the explorers that wait for it. */
  mlpExplorers.scenes = (name, table) => {
    tables.set(name, table);
    for (const element of waiting.get(name) || []) element.start();
  };

  function load(name) {
    if (document.querySelector(`script[data-scenes="${name}"]`)) return;
    document.head.append(html("script", { "data-scenes": name, src: `${folder}${name}.js` }));
  }

  const make = ({ stage, data, controls, play }) => {
    const { size, pieces, scenes, told, at, pixels } = tables.get(data.scenes);
    if (controls.length === 1 && controls[0].texts) play(controls[0].name, 500, 1);
    const counts = controls.map(({ options, texts }) => (options || texts).length);
    return (setting, width) => {
      const place = controls.reduce((sum, { name }, i) => sum * counts[i] + setting[name], 0);
      const scene = at[place];
      const [wide, tall] = size;
      const shown = Math.min(width, wide);
      const box = `viewBox="0 0 ${0.75 * wide} ${0.75 * tall}" width="${shown}" height="${(shown * tall) / wide}"`;
      const mark = pixels ? "data-pixels" : "";
      const content = scenes[scene].map((number) => pieces[number]).join("");
      stage.innerHTML = `<svg class="mlp-scene" ${mark} ${box} aria-hidden="true">${content}</svg>`;
      return told[scene];
    };
  };
  make.needs = ({ scenes: name }, element) => {
    if (tables.has(name)) return true;
    if (waiting.get(name)?.has(element)) return false;
    waiting.set(name, (waiting.get(name) || new Set()).add(element));
    new IntersectionObserver((seen, observer) => {
      if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      load(name);
    }, { rootMargin: NEAR }).observe(element);
    return false;
  };
  define("scenes", make);
})();
