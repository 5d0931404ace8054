/* A film: its pictures one after the other, with the controls of the explorers. */
"use strict";

(() => {
  const { define, html, stillMotion } = mlpExplorers;

  define("film", ({ stage, data, controls, set, play }) => {
    const [frames] = controls;
    if (!stillMotion.matches) frames.value = frames.min; // else it stays at its end
    window.addEventListener("beforeprint", () => set({ frame: frames.max }));
    const image = html("img", { width: data.width, height: data.height, alt: "", loading: "lazy" });
    if (data.pixels) image.dataset.pixels = "";
    if (data.least) image.style.minWidth = `${data.least}px`; // it is scrolled where there is less room
    play("frame", 600, 1);
    const reached = data.least ? { tabindex: "0", role: "group", "aria-label": "picture of the film" } : {};
    const scroll = html("div", { class: "mlp-scroll", ...reached }, image);
    stage.append(scroll);
    return ({ frame }) => {
      image.src = data.frames[frame - 1];
      return `Picture ${frame} of ${data.frames.length}. ${data.alt}`;
    };
  });
})();
