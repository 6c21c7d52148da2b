"use strict";
// What of the first page is of no use without script, built here: it is then asked for only once,
// while the page itself comes anew at each visit.

const NAV_SHAPES = {
  now: "M13.5 2 5 13.5h5.5L9.5 22 19 9.5h-6z",
  history: "M4 12h3.5v9H4zm6.2-8h3.6v17h-3.6zm6.3 5H20v12h-3.5z",
  cabin: "M12 3 2 11.5l1.3 1.6L5 11.6V21h5v-6h4v6h5v-9.4l1.7 1.5 1.3-1.6-4-3.4V4h-3v1.6z",
  help: "M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20Zm-1 13.5v2.2h2.2v-2.2ZM12 6c-2.3 0-3.7 1.4-3.8 3.4h2.1c.1-1 .7-1.6 1.7-1.6s1.7.6 1.7 1.5c0 .8-.4 1.2-1.3 1.8-1 .7-1.5 1.4-1.4 2.7v.4h2c0-1 .3-1.4 1.3-2 1-.7 1.6-1.6 1.6-2.9C15.9 7.3 14.3 6 12 6Z",
  settings: "M3 6h9.2a3 3 0 0 1 5.6 0H21v2h-3.2a3 3 0 0 1-5.6 0H3zm0 10h3.2a3 3 0 0 1 5.6 0H21v2h-9.2a3 3 0 0 1-5.6 0H3z",
};

/** A picture that says nothing to who does not see it. */
const icon = (size, ...shapes) => svg("svg", { viewBox: `0 0 ${size} ${size}`, "aria-hidden": "true", focusable: "false" },
  shapes.map((d) => svg("path", { d, "fill-rule": "evenodd" })));

function buildNav() {
  byId("main").before(el("nav", { class: "nav", "aria-label": text("nav") }, Object.entries(NAV_SHAPES).map(([name, d]) =>
    el("a", { href: "#" + name, id: "nav-" + name, hidden: name === "cabin" }, icon(24, d), el("span", {}, text("nav_" + name))))));
}

function buildCards() {
  const bar = (name) => svg("rect", { class: "gauge-" + name, width: 0, y: 1, height: 10 });
  byId("cards").append(
    el("section", { class: "card", id: "hour-card", "aria-labelledby": "hour-title" },
      el("div", { class: "pair" }, el("h2", { class: "quiet-title", id: "hour-title" }, text("this_hour")), el("p", { id: "hour-so-far" })),
      svg("svg", { class: "gauge", id: "gauge", "aria-hidden": "true", focusable: "false" },
        [bar("all"), bar("expected"), bar("used"), svg("path", { class: "gauge-limit" })]),
      el("p", { class: "verdict", id: "hour-verdict" })),
    el("section", { class: "card", id: "step-card", "aria-labelledby": "step-title" }),
    el("dl", { class: "card split" }, ["hour", "today"].map((id) => el("div", { id }, el("dt"), el("dd")))),
    el("section", { class: "card", id: "phases", "aria-labelledby": "phases-title", hidden: true },
      el("h2", { class: "said", id: "phases-title" }, text("phases")),
      el("dl", { class: "cells", id: "phases-upper" }), el("dl", { class: "cells small", id: "phases-lower" })));
  byId("cards").after(el("dl", { class: "card rows", id: "registers" }), el("div", { class: "below", id: "below" }));
}
