"use strict";
// Light or dark: as the phone has it, or as its owner has said on this phone.

const THEME_GROUND = { light: "#f3f5f1", dark: "#0e1311" };

/** "light", "dark", or "" as the phone has it. */
function setTheme(theme) {
  const root = document.documentElement;
  if (theme in THEME_GROUND) root.dataset.theme = theme;
  else delete root.dataset.theme;
  for (const meta of document.querySelectorAll("[name=theme-color]")) {
    meta.content = THEME_GROUND[theme] || THEME_GROUND[meta.media.includes("dark") ? "dark" : "light"];
  }
}

/** What this phone has been told, or null: a browser that forbids storage still shows the page. */
function remembered(key) {
  try {
    return localStorage.getItem(key);
  } catch (_) {
    return null;
  }
}

function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch (_) {
    // The choice then lasts as long as the page is open.
  }
}

setTheme(remembered("theme"));
