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

/** What this phone has been told, or "". A cookie: the dongle writes the choice into the page. */
function remembered(key) {
  const found = document.cookie.split("; ").find((one) => one.startsWith(key + "="));
  return found ? found.slice(key.length + 1) : "";
}

function remember(key, value) {
  document.cookie = `${key}=${value}; Path=/; Max-Age=${value ? 34560000 : 0}; SameSite=Strict`;
}

setTheme(remembered("theme"));
