"use strict";
// The way between the pages, and the parts of the page that are loaded when they are asked for.

// Each page but the first comes as scripts of its own when it is asked for. The last of them defines
// the function that opens it: (place, live, root) -> {draw(), changed()}.
const PAGES = {
  history: { parts: ["history"], open: () => openHistory },
  cabin: { parts: ["rest"], open: () => openCabin },
  help: { parts: ["help"], open: () => openHelp },
  settings: { parts: ["rest"], open: () => openSettings },
};
const loaded = {};
const FIRST_VIEW_MS = 2000;

/** Loads a later part of the page once; the promise fails when the dongle does not answer. */
function load(name) {
  if (!loaded[name]) {
    loaded[name] = new Promise((resolve, reject) => {
      const waiting = byId("later").content;
      const source = waiting.querySelector(`[src^="${name}."]`);
      const part = source ? el("script", { src: source.getAttribute("src") })
        : el("link", { rel: "stylesheet", href: waiting.querySelector(`[href^="${name}."]`).getAttribute("href") });
      part.async = false; // in the order asked for
      part.onload = resolve;
      part.onerror = () => {
        delete loaded[name];
        part.remove();
        reject(new Error(name));
      };
      document.head.append(part);
    });
  }
  return loaded[name];
}

/** The way between the pages: the address says which, "#history/month/2026-11". */
function createPages(live, view) {
  let name = null;
  let shown = null;
  let lower = null;
  let turn = 0;

  async function go() {
    const place = location.hash.slice(1).split("/");
    const next = place[0] in PAGES ? place[0] : "now";
    const mine = ++turn;
    const first = name === null;
    const same = next === name;
    name = next;
    mark();
    if (!same) shown = null;
    show(byId("page-now"), name === "now");
    show(byId("page-other"), name !== "now");
    if (name === "now") {
      byId("page-other").replaceChildren();
      view.turnTo("");
      watchBelow();
      if (place[1]) await showBelow(place[1]);
      else if (!first) reached();
      return;
    }
    view.turnTo(text("nav_" + name));
    if (!same) byId("page-other").replaceChildren(el("p", { class: "calm" }, text("loading")));
    try {
      await Promise.all([load("more"), ...PAGES[name].parts.map(load)]);
      if (mine !== turn) return;
      shown = PAGES[name].open()(place.slice(1), live, byId("page-other"));
      if (!first && !same) reached();
    } catch (error) {
      if (mine === turn) byId("page-other").replaceChildren(...failed(error));
    }
  }

  // An old page may ask for a part that an update has replaced: the whole page anew helps then.
  function failed(error) {
    if (!/^[a-z]+$/.test(error.message)) throw error;
    return [el("div", { class: "notice", "data-kind": "bad" },
      el("h2", {}, text("part_failed")),
      el("button", { class: "second", type: "button", click: () => location.reload() }, text("reload")))];
  }

  function mark() {
    for (const link of document.querySelectorAll(".nav a")) {
      if (link.hash === "#" + name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  // Who follows a link is at the new page's beginning, with eyes and with a screen reader.
  function reached() {
    window.scrollTo(0, 0);
    byId("main").focus({ preventScroll: true });
  }

  // The charts below the first screen come when somebody scrolls to them. On a tall screen they are
  // in sight at once: then the figure and all that goes with it come first.
  let watcher = null;
  let early = true;
  const settled = () => {
    removeEventListener("scroll", settled);
    early = false;
    if (name === "now") watchBelow();
  };
  addEventListener("scroll", settled, { passive: true });
  setTimeout(settled, FIRST_VIEW_MS);

  function watchBelow() {
    if (early || watcher || lower || !window.IntersectionObserver) return;
    watcher = new IntersectionObserver((seen) => {
      if (seen.some((one) => one.isIntersecting)) showBelow().catch(() => {});
    }, { rootMargin: "0px 0px -64px" }); // what the bar covers is not seen yet
    watcher.observe(byId("below"));
  }

  async function showBelow(anchor) {
    if (watcher) watcher.disconnect();
    try {
      await Promise.all([load("history"), load("more")]);
    } catch (_) {
      watcher = null;
      watchBelow();
      return;
    }
    if (!lower) lower = openBelow(live, byId("below"));
    const target = anchor && byId(anchor);
    if (target) {
      target.scrollIntoView();
      target.focus({ preventScroll: true });
    }
  }

  return {
    go,
    /** Something new is known. */
    changed() {
      if (name === "now" && lower) lower.changed();
      if (shown && shown.changed) shown.changed();
    },
  };
}
