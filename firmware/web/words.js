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

/** Takes in the texts of a part of the page that came later. */
function addTexts(table) {
  Object.assign(STRINGS.texts, table.texts);
}

/** The text for a code that the dongle sent, or `otherwise` when this page has none for it. */
function textOr(key, otherwise, values) {
  return key in STRINGS.texts ? text(key, values) : otherwise;
}

/** Uses a language from now on, on a page that has the words of all of them. */
function setLanguage(code) {
  column = Math.max(0, STRINGS.languages.indexOf(code));
  document.documentElement.lang = language();
  for (const element of document.querySelectorAll("[data-t]")) {
    element.textContent = text(element.dataset.t);
  }
  const names = STRINGS.texts.language_name;
  offerLanguage(STRINGS.languages.map((other, i) => [other, names[i]]));
}

/** The button names the next language, in that language. */
function offerLanguage(languages) {
  const own = languages.findIndex(([code]) => code === language());
  const button = document.getElementById("language");
  [button.lang, button.textContent] = languages[(own + 1) % languages.length];
}

const rememberedLanguage = () => remembered("language");
const rememberLanguage = (code) => remember("language", code);
