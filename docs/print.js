async () => {
  // Makes a page of the site ready for paper. Folded code stays folded, and hints, which a reader of paper could not
  // leave closed, are left out.
  const HIGH = 283; // pixels, about 75 mm: the most that a picture has, unless its letters become too small
  const LETTERS = 8.7; // pixels, about 6.5 points
  const ASKED = "Answer each question before you open it.";

  const article = document.querySelector("article.bd-article > section");
  const folds = [...article.querySelectorAll("details:not(.hide)")];
  const title = fold => fold.querySelector("summary").textContent.trim();

  /** Puts the answers of the quiz at the end of the chapter, each with the number of its question. */
  function gatherAnswers(questions) {
    const answers = document.createElement("section");
    answers.className = "answers";
    answers.innerHTML = "<h3>Answers of the quiz</h3>";
    for (const fold of questions) {
      const question = document.createElement("p");
      question.append(...fold.querySelector("summary").childNodes);
      fold.querySelector("summary").remove();
      const answer = document.createElement("div");
      answer.append(...fold.childNodes);
      (answer.querySelector("p") ?? answer).prepend(`${question.textContent.match(/\d+/)[0]}. `);
      answers.append(answer);
      fold.replaceWith(question);
    }
    if (questions.length) article.append(answers);
  }

  await courseFormulas.ready;
  for (const fold of folds) {
    if (/^(A hint|Hint)/.test(title(fold))) fold.remove();
    else fold.open = true;
  }
  gatherAnswers(folds.filter(fold => /^\d+\. /.test(title(fold))));
  for (const paragraph of article.querySelectorAll("p")) {
    if (paragraph.textContent.trim() === ASKED) paragraph.textContent = "The answers stand at the end of the chapter.";
  }
  for (const pad of article.querySelectorAll('mlp-explorer[kind="pad"]')) {
    pad.replaceChildren("On the site, and in the notebook, there is a pad here to draw a digit on.");
  }
  for (const caption of article.querySelectorAll("figure:has(mlp-explorer:not([kind=pad])) figcaption")) {
    caption.append(" On the site, this picture can be moved.");
  }
  for (const image of document.images) image.loading = "eager";
  await Promise.all([...document.images].map(image => image.decode().catch(() => 0)));
  for (const image of article.querySelectorAll("img[data-letters]")) {
    const letters = Number(image.dataset.letters);
    const least = letters > 0 ? LETTERS * image.getAttribute("height") / letters : 0;
    image.style.maxHeight = `${Math.max(HIGH, least)}px`;
    image.style.width = "auto";
  }
  courseFormulas.fitAll();
}
