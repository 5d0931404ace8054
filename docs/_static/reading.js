/* While one reads: contents that follow, buttons that copy code, and links beside headings that Tab does not stop at. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  for (const link of document.querySelectorAll("a.headerlink")) link.tabIndex = -1; // the contents have the same ones

  const contents = document.querySelector(".bd-sidebar-secondary");
  if (contents) {
    const follow = () => {
      const active = [...contents.querySelectorAll(".nav-link.active")].at(-1);
      if (!active) return;
      const [box, entry] = [contents.getBoundingClientRect(), active.getBoundingClientRect()];
      if (entry.top < box.top || entry.bottom > box.bottom) contents.scrollTop += entry.top - box.top - box.height / 3;
    };
    new MutationObserver(follow).observe(contents, { attributeFilter: ["class"], subtree: true });
  }

  for (const block of document.querySelectorAll(".bd-article .highlight")) {
    const code = block.querySelector("pre");
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "copy-code", textContent: "Copy", tabIndex: -1 });
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(code.innerText);
        button.textContent = "Copied";
      } catch {
        window.getSelection().selectAllChildren(code); // where a page may not write there, it is one key to copy
        button.textContent = "Selected";
      }
      window.setTimeout(() => (button.textContent = "Copy"), 1500);
    });
    block.append(button);
  }
});
