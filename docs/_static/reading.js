/* While one reads: contents that follow, buttons that copy code, definitions where one points at a term, and links
   beside headings that Tab does not stop at. */
"use strict";

const FADE = 16; // pixels, of a picture
const FADE_CODE = 2;

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

  // A line of code that is broken goes on further to the right than it began.
  for (const line of document.querySelectorAll('.bd-article pre span[id^="code-"]')) {
    const indent = line.textContent.match(/^ */)[0].length;
    if (indent) line.style.setProperty("--indent", `${indent}ch`);
  }

  // What scrolls sideways fades out on the right while there is more; a picture that overflows by a little does not.
  // A table that would be scrolled anyway need not break its short cells.
  const scrolling = ".scrolls, .mlp-scroll, .bd-article table, .bd-article pre, .bd-article div.math > mjx-container";
  const watched = new Set();
  const look = (box) => {
    const little = box.matches("pre") ? FADE_CODE : FADE;
    box.classList.toggle("goes-on", box.scrollLeft + box.clientWidth < box.scrollWidth - little);
  };
  const measure = (box) => {
    if (box.matches("table")) {
      box.classList.remove("wide");
      box.classList.toggle("wide", box.scrollWidth > box.clientWidth + 1);
    }
    look(box);
  };
  const watchScrolling = () => {
    for (const box of document.querySelectorAll(scrolling)) {
      if (watched.has(box) || box.closest("td, th")) continue;
      watched.add(box);
      box.addEventListener("scroll", () => look(box), { passive: true });
      new ResizeObserver(() => measure(box)).observe(box);
    }
  };
  watchScrolling();
  for (const explorer of document.querySelectorAll("mlp-explorer")) {
    new MutationObserver(watchScrolling).observe(explorer, { childList: true }); // some begin later
  }
  courseFormulas.ready.then(() => {
    watchScrolling();
    watched.forEach(measure); // a table is as wide as its formulas
  });

  // Two buttons at the top of a chapter: one hides the exercises, one opens all folded code, also for who has no mouse.
  const opening = document.querySelector(".open-chapter");
  if (opening) {
    const folds = [...document.querySelectorAll(".bd-article details.hide")];
    for (const fold of folds) fold.querySelector("summary").tabIndex = -1;
    const exercises = [...document.querySelectorAll(".bd-sidebar-secondary li")].filter((entry) => /^\s*Exercise \d/.test(entry.textContent));
    for (const section of document.querySelectorAll(".bd-article section")) {
      if (!/^Exercise \d/.test(section.querySelector(":scope > h3")?.textContent || "")) continue;
      const parts = [...section.children];
      exercises.push(...parts.slice(0, 1 + parts.findLastIndex((part) => part.matches(".exercise-end"))));
    }
    const tool = (label, change) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", textContent: label });
      const press = (pressed) => {
        button.setAttribute("aria-pressed", pressed);
        change(pressed);
      };
      button.addEventListener("click", () => press(button.getAttribute("aria-pressed") !== "true"));
      button.setAttribute("aria-pressed", "false");
      tools.append(button);
      return press;
    };
    const tools = document.createElement("p");
    tools.className = "chapter-tools";
    const hideExercises = tool("Hide the exercises", (pressed) => {
      for (const part of exercises) part.classList.toggle("hidden-exercise", pressed);
    });
    tool("Open all folded code", (pressed) => {
      for (const fold of folds) fold.open = pressed;
    });
    opening.after(tools);
    const seek = () => {
      const target = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
      if (!target || (target.getClientRects().length && !target.querySelector(":scope > .hidden-exercise"))) return;
      hideExercises(false);
      target.scrollIntoView();
    };
    window.addEventListener("hashchange", seek);
  }

  // The definition of a term is shown while the mouse points at it, or after a tap; a second tap leads to the glossary.
  let card = null;
  let leaving = 0;
  const hide = () => {
    card?.classList.remove("shown");
    card = null;
  };
  const leave = () => (leaving = window.setTimeout(hide, 250)); // time to move the mouse into the definition
  const show = (term) => {
    window.clearTimeout(leaving);
    const wanted = document.getElementById(term.getAttribute("aria-describedby"));
    if (wanted === card) return false;
    hide();
    card = wanted;
    card.classList.add("shown");
    courseFormulas.fitAll(Infinity, card);
    const line = term.getClientRects()[0];
    const below = line.bottom + 4 + card.offsetHeight < window.innerHeight;
    card.style.left = `${Math.max(8, Math.min(line.left, document.documentElement.clientWidth - card.offsetWidth - 8))}px`;
    card.style.top = `${below ? line.bottom + 4 : Math.max(8, line.top - 4 - card.offsetHeight)}px`;
    return true;
  };
  let pointer = "mouse";
  document.addEventListener("pointerdown", (event) => (pointer = event.pointerType));
  for (const term of document.querySelectorAll("a.term")) {
    term.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && show(term));
    term.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && leave());
    term.addEventListener("click", (event) => pointer !== "mouse" && show(term) && event.preventDefault());
  }
  for (const definition of document.querySelectorAll(".definition")) {
    definition.addEventListener("pointerenter", () => window.clearTimeout(leaving));
    definition.addEventListener("pointerleave", leave);
  }
  document.addEventListener("click", (event) => event.target.closest("a.term, .definition") || hide());
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  document.addEventListener("scroll", hide, { passive: true });
});
