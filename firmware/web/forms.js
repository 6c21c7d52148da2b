"use strict";
// What pages with something to fill in or to press share.

addTexts(__STRINGS__);

// Who is looking: asked once, since what a guest may not do is not offered.
let session = null;

async function askSession() {
  if (!session || !went(session)) session = await dongle("session");
  return session;
}

const isOwner = () => !session || session.role !== "viewer";

/**
 * A button that asks the dongle: it can be pressed once at a time, and what came of it is said
 * beside it. @param {function} act  -> the dongle's answer, or null when nothing was asked
 * @param {function} done  called with a good answer; its text, if any, is said
 */
function action(words, act, done, kind = "second") {
  const said = el("span", { class: "outcome", role: "status" });
  const button = el("button", { class: kind, type: "button", click: async () => {
    if (button.disabled) return;
    button.disabled = true;
    said.textContent = "";
    const answer = await Promise.resolve(act()).catch(() => ({ status: 0 }));
    button.disabled = false;
    if (!answer) return;
    const good = went(answer);
    said.dataset.kind = good ? "good" : "bad";
    said.textContent = good ? (await done(answer)) || "" : refusal(answer);
  } }, words);
  return el("div", { class: "action" }, button, said);
}

/** A box to tick, with a remark. */
function tick(words, checked, change, note) {
  return el("label", { class: "pick" },
    el("input", { type: "checkbox", checked: Boolean(checked), change: (event) => change(event.target.checked, event.target) }),
    el("span", {}, words, note ? el("small", {}, note) : null));
}

/** A question with one answer: options [[value, words, remark]]. */
function choice(question, name, options, value, change) {
  return el("fieldset", {}, el("legend", {}, question), options.map(([key, words, note]) =>
    el("label", { class: "pick" },
      el("input", { type: "radio", name, value: String(key), checked: key === value, change: () => change(key) }),
      el("span", {}, words, note ? el("small", {}, note) : null))));
}

/** A field with its label and a remark; `has` are the input's attributes. */
function field(words, has, note) {
  const input = el("input", has);
  if (note) {
    input.id = input.id || "f" + Math.random().toString(36).slice(2);
    input.setAttribute("aria-describedby", input.id + "-note");
  }
  return el("label", { class: "field" }, el("span", {}, words), input,
    note ? el("small", { id: input.id + "-note" }, note) : null);
}

function selection(words, options, value, change, note) {
  return el("label", { class: "field" }, el("span", {}, words),
    el("select", { change: (event) => change(event.target.value) },
      options.map(([key, name]) => el("option", { value: String(key), selected: String(key) === String(value) }, name))),
    note ? el("small", {}, note) : null);
}

const paragraph = (words, kind) => el("p", kind ? { class: kind } : {}, words);
const bullets = (lines, tag = "ul") => el(tag, { class: "plainly" }, lines.map((line) => el("li", {}, line)));
