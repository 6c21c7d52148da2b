"use strict";
// Puts the parts together: one `live`, one view, and the events of the page itself.

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
  setLanguage(rememberedLanguage());
  const navigation = performance.getEntriesByType("navigation")[0];
  let view = null;
  const live = createLive(embedded(), (navigation && navigation.responseStart) || 0, () => {
    if (view) view.render();
  });
  view = createNowView(live);
  view.render();
  if (document.visibilityState === "hidden") live.sleep();
  else live.wake();

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
  byId("pause").addEventListener("click", () => {
    if (live.paused) live.resume();
    else live.pause();
  });
  const other = byId("language");
  other.addEventListener("click", () => {
    rememberLanguage(other.lang);
    setLanguage(other.lang);
    view.render();
  });
}

start();
