"use strict";
// Every word that people read comes from one table: strings.json, a column for each language.

const STRINGS = __STRINGS__;
let column = 0;

/** The language in use, as in <html lang>. */
function language() {
  return STRINGS.languages[column];
}

/** The text for `key` in the language in use; {name} is replaced by values.name. */
function text(key, values) {
  return STRINGS.texts[key][column].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Uses a language from now on and writes it to what index.html already says. */
function setLanguage(code) {
  column = Math.max(0, STRINGS.languages.indexOf(code));
  document.documentElement.lang = language();
  for (const element of document.querySelectorAll("[data-t]")) {
    element.textContent = text(element.dataset.t);
  }
  // The button names the next language, in that language.
  const next = (column + 1) % STRINGS.languages.length;
  const button = document.getElementById("language");
  button.lang = STRINGS.languages[next];
  button.textContent = STRINGS.texts.language_name[next];
}

// A browser that forbids storage still shows the page, in the first language.
function rememberedLanguage() {
  try {
    return localStorage.getItem("language");
  } catch (_) {
    return null;
  }
}

function rememberLanguage(code) {
  try {
    localStorage.setItem("language", code);
  } catch (_) {
    // The choice then lasts as long as the page is open.
  }
}
