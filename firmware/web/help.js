"use strict";
// Hjelp: what the grid company's page should have said, in our own words, with its sources.

addTexts(__STRINGS__);

const HELP = [
  "han", "order", "secure", "display", "cut", "reconnect", "fuse", "estimate",
  "step", "numbers", "cannot", "withdraw",
];

/** @param {string[]} place  ["reconnect"] opens that one */
function openHelp(place, live, root) {
  const view = el("div", { class: "stack" });

  function draw() {
    view.replaceChildren(el("h2", { class: "page-title" }, text("nav_help")), paragraphs(text("help_lead")),
      ...HELP.map((name) => el("details", { class: "card", id: "help-" + name, open: name === place[0] },
        el("summary", {}, el("h3", {}, text(name + "_title"))),
        paragraphs(text(name + "_text")),
        el("p", { class: "calm small-print" }, text("sources") + " " + text(name + "_from")))),
      el("p", { class: "calm small-print" }, text("help_note")));
  }

  root.replaceChildren(view);
  draw();
  const wanted = place[0] && byId("help-" + place[0]);
  if (wanted) requestAnimationFrame(() => {
    wanted.scrollIntoView();
    wanted.firstElementChild.focus({ preventScroll: true });
  });
  return { draw };
}
