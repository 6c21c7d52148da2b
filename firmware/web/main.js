"use strict";
// Puts the parts together: one `live`, the views, and the events of the page itself.

/** What the server wrote into the page, or null when there is nothing usable. */
function embedded() {
  try {
    return JSON.parse(byId("now").textContent);
  } catch (_) {
    return null;
  }
}

function start() {
  document.documentElement.dataset.script = "";
  offerLanguage();
  buildNav();
  buildCards();
  const navigation = performance.getEntriesByType("navigation")[0];
  let view = null;
  let pages = null;
  const live = createLive(embedded(), (navigation && navigation.responseStart) || 0, () => {
    if (view) view.render();
    if (pages) pages.changed();
  });
  view = createNowView(live);
  pages = createPages(live, view);
  pages.go();
  view.render();
  if (document.visibilityState === "hidden") live.sleep();
  else live.wake();
  listen(live, view, pages);
}

function listen(live, view, pages) {
  setInterval(live.tick, 1000);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      live.sleep();
      view.hide();
    } else {
      live.wake();
    }
  });
  // The browser's back button may bring the page back as it was left.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) live.wake();
  });
  window.addEventListener("pagehide", live.sleep);
  window.addEventListener("resize", view.render);
  window.addEventListener("hashchange", pages.go);
  byId("say").addEventListener("click", view.say);
  byId("pause").addEventListener("click", () => {
    if (live.paused) live.resume();
    else live.pause();
  });
  byId("language").addEventListener("click", (event) => useLanguage(event.currentTarget.lang));
}

/** The page and its scripts are made once for each language: the dongle sends the other one. */
function useLanguage(code) {
  remember("language", code);
  location.reload();
}

start();
