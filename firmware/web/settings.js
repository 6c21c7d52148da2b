"use strict";
// Innstillinger: a list of places, and each place. What a place needs is fetched when it is opened.

// In the order of the list. `owner`: nothing that a guest may see; `also`: asked for, and missed by
// nobody when it does not come.
const SECTIONS = {
  home: { needs: ["settings"], owner: true, draw: (s) => homeSection(s) },
  tariff: { needs: ["tariff", "settings"], owner: true, draw: (s) => tariffSection(s) },
  meter: { needs: ["settings", "line"], owner: true, draw: (s) => meterSection(s) },
  display: { needs: [], draw: (s) => displaySection(s) },
  security: { needs: ["keys", "security", "settings"], owner: true, draw: (s) => securitySection(s) },
  network: { needs: ["settings"], owner: true, draw: (s) => networkSection(s) },
  time: { needs: [], draw: (s) => timeSection(s) },
  line: { needs: ["line"], also: ["diagnosis"], draw: (s) => lineSection(s) },
  data: { needs: ["settings", "erase"], owner: true, draw: (s) => dataSection(s) },
  consent: { needs: ["consent"], owner: true, draw: (s) => consentSection(s) },
  update: { needs: ["update"], owner: true, draw: (s) => updateSection(s) },
  privacy: { needs: [], draw: () => privacySection() },
};

/** @param {string[]} place  ["tariff"], or [] for the list */
function openSettings(place, live, root) {
  const view = el("div", { class: "stack" });
  const name = place[0] in SECTIONS ? place[0] : null;
  const section = SECTIONS[name];
  // What the places work with: the answers by path, and a way to ask and draw anew.
  const s = { live, again, draw, answers: {}, owner: true };
  let known = false;

  async function again(words) {
    await askSession();
    known = true;
    s.owner = isOwner();
    const needs = section && (s.owner || !section.owner) ? section.needs : [];
    for (const path of [...needs, ...((section && section.also) || [])]) s.answers[path] = await dongle(path);
    if (!root.contains(view)) return;
    draw();
    if (words) view.children[1].after(el("p", { class: "outcome", role: "status" }, words));
  }

  function draw() {
    if (!known) {
      view.replaceChildren(el("h2", { class: "page-title" }, text(name ? "set_" + name : "nav_settings")), awaited(null));
      return;
    }
    if (!section) {
      view.replaceChildren(el("h2", { class: "page-title" }, text("nav_settings")), menu(s));
      return;
    }
    const late = section.needs.map((path) => s.answers[path]).find((answer) => !answer || !went(answer));
    const waits = section.needs.some((path) => !s.answers[path]);
    const allowed = s.owner || !section.owner;
    view.replaceChildren(
      el("a", { class: "plain-link upward", href: "#settings" }, "\u2039 " + text("nav_settings")),
      el("h2", { class: "page-title" }, text("set_" + name)),
      ...(!allowed ? [card(paragraph(text("owner_only")))]
        : late || waits ? [card(awaited(waits ? null : late, again))] : section.draw(s).filter(Boolean)));
  }

  root.replaceChildren(view);
  draw();
  again();
  return { draw };
}

const card = (...parts) => el("section", { class: "card" }, ...parts);
const titled = (title, ...parts) => card(el("h3", {}, title), ...parts);

const menu = (s) => el("ul", { class: "card menu" }, Object.keys(SECTIONS).filter((name) => s.owner || !SECTIONS[name].owner)
  .map((name) => el("li", {}, el("a", { href: "#settings/" + name },
    el("span", {}, el("strong", {}, text("set_" + name)), el("small", {}, text("set_" + name + "_note")))))));

/** A button that stores what `draft` holds; `done` is said when it is. */
const saveButton = (s, draft, words = text("save")) =>
  action(words, () => (Object.keys(draft).length ? dongle("settings", { set: draft }) : { status: 200 }), () => {
    s.live.ask();
    for (const key of Object.keys(draft)) delete draft[key];
    return text("saved");
  }, "main");

const FUSES = [16, 20, 25, 32, 35, 40, 50, 63, 80];

function homeSection(s) {
  const now = s.answers.settings;
  const draft = {};
  const put = (key) => (value) => { draft[key] = value; };
  return [card(
    field(text("name_ask"), { value: now.name, maxlength: 40, autocomplete: "off", input: (event) => put("name")(event.target.value.trim()) }, text("name_note")),
    choice(text("profile_ask"), "profile", [["home", text("profile_home"), text("profile_home_note")], ["cabin", text("profile_cabin"), text("profile_cabin_note")]], now.profile, put("profile")),
    selection(text("fuse_ask"), [[0, text("not_known")], ...FUSES.map((a) => [a, a + NBSP + "A"])], now.fuse_a, (value) => put("fuse_a")(Number(value)), text("fuse_note")),
    selection(text("net_ask"), [["", text("net_auto")], ["1p", text("net_1")], ["it", text("net_2")], ["tn", text("net_3")]], now.net, put("net"), text("net_note")),
    saveButton(s, draft))];
}

/** Of this phone alone: nothing of it is sent to the dongle. */
function displaySection(s) {
  const theme = remembered("theme") || "";
  return [card(
    choice(text("theme_ask"), "theme", [["", text("theme_auto")], ["light", text("theme_light")], ["dark", text("theme_dark")]], theme, (value) => {
      remember("theme", value);
      setTheme(value);
    }),
    choice(text("language_ask"), "language", STRINGS.others, language(), useLanguage),
    paragraph(text("display_note"), "calm"))];
}

function timeSection(s) {
  const now = s.live.now || {};
  const clock = now.clock || {};
  const rows = [
    row(text("clock_now"), [typeof now.at === "number" ? moment(s.live.utc()) : text("unknown")], ""),
    row(text("clock_source"), [textOr("clock_" + clock.source, text("unknown"))], ""),
    row(text("clock_of_meter"), [clock.ok === undefined ? text("unknown") : text(clock.ok && !clock.doubtful ? "clock_good" : "clock_bad")], ""),
    typeof clock.difference_s === "number" ? row(text("clock_difference"), [number(clock.difference_s, 0) + NBSP + "s"], "") : null,
  ];
  return [card(el("dl", { class: "rows plain-rows" }, rows.filter(Boolean)), paragraph(text("clock_note"), "calm"),
    s.owner ? action(text("clock_set"), () => dongle("clock", { utc: Math.round(Date.now() / 1000) }), () => {
      s.live.ask();
      return text("clock_told");
    }) : "")];
}

function privacySection() {
  return [card(paragraphs(text("privacy_text")))];
}
