"use strict";

// Narrows the answers down. Without it, all of them are there.
for (const part of document.querySelectorAll(".exchanges")) {
  const form = part.querySelector(".filter");
  const nothing = part.querySelector(".nothing");
  const count = form.querySelector("output");
  const rows = [...part.querySelectorAll("article")].map((article) => ({
    article,
    text: article.textContent.toLowerCase(),
    differs: article.dataset.differs === "1",
    outcomes: article.dataset.outcomes.split(" "),
  }));

  const fits = (row, wanted) =>
    (!wanted.differs || row.differs) &&
    wanted.words.every((word) => row.text.includes(word)) &&
    (!wanted.outcome || row.outcomes.some(wanted.outcome));

  // Of no scorer in particular, any that says so counts.
  const outcome = (scorer, how) => {
    if (how) return scorer ? (each) => each === `${scorer}-${how}` : (each) => each.endsWith(`-${how}`);
    return scorer ? (each) => each.startsWith(`${scorer}-`) : null;
  };

  const show = () => {
    const value = (name) => form.elements[name]?.value ?? "";
    const wanted = {
      differs: form.elements.differs.checked,
      words: value("text").toLowerCase().split(/\s+/).filter(Boolean),
      outcome: outcome(value("scorer"), value("outcome")),
    };
    let shown = 0;
    for (const row of rows) {
      const fitting = fits(row, wanted);
      row.article.hidden = !fitting;
      shown += fitting;
    }
    count.textContent = shown === rows.length ? `${shown}` : `${shown} of ${rows.length}`;
    nothing.hidden = shown > 0;
  };

  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  show();
}
