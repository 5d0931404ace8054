/* The search page: sections by how well they fit, lectures before reference, each with some words of its text. */
"use strict";

const courseSearch = (() => {
  const MOST = 20;
  const AROUND = 90; // characters of a text that are shown to each side of a word
  const WEIGHTS = { lecture: 3, exercise: 1.2, page: 1, reference: 0.05 };
  const NAMED = 1.2; // weight of what the reference calls exactly so
  const DEFINED = 30; // of the section that says what a term means
  const CLOSING = new Set(["Summary", "Notation", "Quiz", "Further reading"]);
  const SPELLINGS = [
    [/is(e|ed|es|ing|ation|er|ers)\b/g, "iz$1"],
    [/our(s|ed|ing|ful)?\b/g, "or$1"],
    [/\blabell/g, "label"],
    [/\bcentre/g, "center"],
    [/\bgrey/g, "gray"],
    [/\bback[ -]propagation/g, "backpropagation"],
    [/\bbackprop\b/g, "backpropagation"],
    [/\bmini[ -]batch/g, "minibatch"],
    [/\bhand[ -]written/g, "handwritten"],
    [/\bover[ -]?fit\w*/g, "overfit"],
    [/\brelus\b/g, "relu"],
    [/\bvanish\w*/g, "vanish"],
    [/\bexplo(de|ding)\w*/g, "explode"],
    [/\bxavier\b/g, "glorot"],
    [/\bmatrices\b/g, "matrix"],
    [/\bcomputational\b/g, "computation"],
  ];

  /** Bring a text into the spelling in which texts are compared. */
  function plain(text) {
    const lower = text.toLowerCase().normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
    return SPELLINGS.reduce((so, [from, to]) => so.replace(from, to), lower);
  }

  /** Cut what a word may end with, so that "gradients" finds "gradient". */
  function stem(word) {
    if (word.length < 5) return word;
    if (word.startsWith("initializ")) return "initial";
    return word.replace(/(ies)$/, "y").replace(/(izations?|izing|izers?|ized|izes)$/, "ize").replace(/([^s])s$/, "$1");
  }

  const words = (text) => (plain(text).match(/[\p{L}\p{N}]+/gu) || []).map(stem);

  let index = null;

  function prepared() {
    index ??= courseSections.map((section) => {
      const counts = new Map();
      const all = words(section.text);
      for (const word of all) counts.set(word, (counts.get(word) || 0) + 1);
      const defined = (section.defines || []).map((term) => words(term).join(" "));
      return { ...section, defined, heads: words(section.title), pageWords: words(section.page), counts, length: all.length };
    });
    return index;
  }

  function score(section, wanted, rare) {
    let total = 0;
    for (const word of wanted) {
      const fits = (each) => each === word || (word.length > 3 && each.startsWith(word));
      const head = section.heads.filter(fits).length ? 9 / Math.sqrt(section.heads.length) : 0;
      const page = section.pageWords.some(fits) ? 0.5 : 0;
      let count = 0;
      for (const [each, times] of section.counts) if (fits(each)) count += times;
      const text = count ? (2.2 * count) / (count + 1.2 * (0.4 + section.length / 250)) : 0;
      if (!head && !text && !page) return 0;
      total += (head + text + page) * (rare.get(word) || 1);
    }
    if (section.defined.includes(wanted.join(" "))) total += DEFINED;
    const phrase = wanted.length > 1 && section.heads.join(" ").includes(wanted.join(" ")) ? 1.6 : 1;
    const alone = section.heads.join(" ") === wanted.join(" ") ? 1.3 : 1;
    const named = section.kind === "reference" && plain(section.title.split(".").at(-1)) === wanted.join("");
    return total * phrase * alone * (named ? NAMED : WEIGHTS[section.kind]) * (CLOSING.has(section.title) ? 0.4 : 1);
  }

  /** Return the sections that have all words of a query, the best first; without any, those that have some. */
  function find(query) {
    const all = prepared();
    const wanted = [...new Set(words(query))];
    if (!wanted.length) return [];
    const rare = new Map(wanted.map((word) => [word, Math.log(1 + all.length / (1 + all.filter((one) => one.counts.has(word)).length))]));
    const rank = (some) => {
      const found = all.map((section) => [score(section, some, rare), section]).filter(([value]) => value > 0);
      return found.sort(([a], [b]) => b - a).map(([, section]) => section);
    };
    const found = rank(wanted);
    return found.length ? found : wanted.flatMap((word) => rank([word]).slice(0, 5));
  }

  /** Return some words of a section's text, around the first that was looked for. */
  function snippet(section, query) {
    const wanted = words(query);
    const found = [...section.text.matchAll(/[\p{L}\p{N}]+/gu)].find(([word]) => words(word).some((one) => wanted.includes(one)));
    const from = Math.max(0, (found ? found.index : 0) - AROUND);
    const to = Math.min(section.text.length, from + 2 * AROUND + 20);
    const cut = section.text.slice(from ? section.text.indexOf(" ", from) + 1 : 0, to);
    return `${from ? "… " : ""}${cut}${to < section.text.length ? " …" : ""}`;
  }

  function node(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  function marked(text, query) {
    const wanted = words(query);
    return text.split(/([\p{L}\p{N}]+)/u).map((part) => (words(part).some((one) => wanted.includes(one)) ? node("mark", {}, part) : part));
  }

  function show(query, place) {
    const found = find(query);
    const count = found.length ? `${Math.min(found.length, MOST)} of ${found.length} sections` : "No section has these words.";
    const items = found.slice(0, MOST).map((section) => {
      const where = section.page === section.title ? "" : ` · ${section.page}`;
      const link = node("a", { href: section.to }, section.title);
      const text = node("p", {}, ...marked(snippet(section, query), query));
      return node("li", {}, link, node("span", { class: "search-where" }, where), text);
    });
    place.replaceChildren(node("p", { role: "status" }, count), node("ul", { class: "search" }, ...items));
  }

  document.addEventListener("DOMContentLoaded", () => {
    const place = document.getElementById("search-results");
    const query = new URLSearchParams(window.location.search).get("q") || "";
    for (const input of document.querySelectorAll('input[name="q"]')) input.value = query;
    if (place && query) show(query, place);
  });
  return { find, snippet };
})();
