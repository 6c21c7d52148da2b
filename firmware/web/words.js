"use strict";
// Every word that people read comes from one table: strings.json, a column for each language. This
// script has one language's, and only those texts that the build did not write where they are used.

const STRINGS = __STRINGS__;

/** The language of this page, as in <html lang>. */
const language = () => STRINGS.language;

/** Words with {name} replaced by values.name. */
const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);

/** The text for `key`, with its values. */
const text = (key, values) => fill(STRINGS.texts[key], values);

/** Takes in the texts of a part of the page that came later. */
function addTexts(table) {
  Object.assign(STRINGS.texts, table.texts);
}

/** The text for a code that the dongle sent, or `otherwise` when this page has none for it. */
function textOr(key, otherwise, values) {
  return key in STRINGS.texts ? text(key, values) : otherwise;
}

/** The button names the next language, in that language. */
function offerLanguage() {
  const languages = STRINGS.others;
  const own = languages.findIndex(([code]) => code === language());
  const button = document.getElementById("language");
  [button.lang, button.textContent] = languages[(own + 1) % languages.length];
}
