/* A film: its pictures one after the other, with the controls of the explorers. */
"use strict";

(() => {
  const { define, html } = mlpExplorers;

  define("film", ({ stage, data, play }) => {
    const image = html("img", { width: data.width, height: data.height, alt: "", loading: "lazy" });
    play("frame", 600, 1);
    stage.append(image);
    return ({ frame }) => {
      image.src = data.frames[frame - 1];
      return `Picture ${frame} of ${data.frames.length}. ${data.alt}`;
    };
  });
})();
