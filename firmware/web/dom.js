"use strict";
// Small tools for the document. They write only what differs: a page that is open for days must
// neither grow nor flicker, and a screen reader must not hear a value twice.

const byId = (id) => document.getElementById(id);

function put(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

function show(element, visible) {
  if (element.hidden === visible) element.hidden = !visible;
}

/**
 * A new element. In `has`: "class" and other attributes; a function is a listener (click: f), true
 * and false switch an attribute, null and undefined leave it out. Children are elements or texts.
 */
function el(tag, has, ...children) {
  const made = document.createElement(tag);
  dress(made, has);
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** The same for SVG. */
function svg(tag, has, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  dress(made, has);
  made.append(...children.flat());
  return made;
}

function dress(element, has) {
  for (const [name, value] of Object.entries(has || {})) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
}

/** What stands for an unknown value: a dash, which a screen reader reads as a word. */
function unknown(words = text("unknown")) {
  return [el("span", { "aria-hidden": "true" }, "\u2013"), el("span", { class: "said" }, words)];
}

/** A value with its unit, as children of an element. @param {?string} shown  null when unknown */
function valueOf(shown, unit) {
  if (shown === null) return unknown();
  return unit ? [shown, el("span", { class: "unit" }, NBSP + unit)] : [shown];
}

function putValue(element, shown, unit) {
  const key = language() + shown + unit;
  if (element.dataset.key === key) return;
  element.dataset.key = key;
  element.replaceChildren(...valueOf(shown, unit));
}

/** Replaces the children when `key` has changed. */
function redraw(element, key, draw) {
  const whole = language() + key;
  if (element.dataset.key === whole) return;
  element.dataset.key = whole;
  element.replaceChildren(...draw());
}

/** Text of several lines: "- " begins an item, "1. " a numbered one, "# " a heading. */
function paragraphs(words) {
  const block = el("div", { class: "prose" });
  for (const line of words.split("\n")) {
    const item = /^(-|\d+\.) (.*)/.exec(line);
    if (!item) {
      block.append(el(line.startsWith("# ") ? "h3" : "p", {}, line.replace(/^# /, "")));
      continue;
    }
    const tag = item[1] === "-" ? "UL" : "OL";
    if (!block.lastChild || block.lastChild.tagName !== tag) block.append(el(tag, { class: "plainly" }));
    block.lastChild.append(el("li", {}, item[2]));
  }
  return block;
}

/** A table with a caption that is read aloud. Headings that are null are left out. */
function table(caption, headings, rows) {
  return el("div", { class: "table", tabindex: "0", role: "region", "aria-label": caption }, el("table", {},
    el("caption", { class: "said" }, caption),
    el("thead", {}, el("tr", {}, headings.filter(Boolean).map((words) => el("th", { scope: "col" }, words)))),
    el("tbody", {}, rows)));
}
