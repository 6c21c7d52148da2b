"use strict";
// Innstillinger: the grid tariff, the target, and a price sheet of the owner's own.

function tariffSection(s) {
  const { presets, sheet, own, validity, grid } = s.answers.tariff;
  const now = s.answers.settings;
  const options = [["", text("tariff_none")], ...presets.map((one) => [one.id, `${one.company}, ${one.name}`])];
  if (own) options.push(["own", text("tariff_own")]);
  const choose = { grid };
  return [
    card(selection(text("tariff_ask"), options, grid, (value) => { choose.grid = value; }, text("tariff_note")), saveAgain(s, choose)),
    sheet ? sheetCard(sheet, validity) : "",
    sheet ? targetCard(s, sheet, now) : "",
    ownCard(s, sheet, grid === "own"),
  ].filter(Boolean);
}

const saveAgain = (s, draft) => action(text("save"), () => dongle("settings", { set: draft }), () => {
  s.live.ask();
  return s.again();
}, "main");

const kroner = (ore) => number(ore, ore % 100 ? 2 : 0, 100);
const stepName = (sheet, i) => stepText({
  from_w: sheet.steps[i][0], to_w: (sheet.steps[i + 1] || [])[0], by_fuse: sheet.model === "fuse",
});

/** The sheet in force, as on the grid company's own list, with where it is from. */
function sheetCard(sheet, validity) {
  const steps = sheet.steps.map((step, i) => el("tr", {},
    el("th", { scope: "row" }, stepName(sheet, i)), el("td", { class: "figure-cell" }, kroner(step[1]))));
  const energy = sheet.energy.map(([first, last, from, to, price]) => el("tr", {},
    el("th", { scope: "row" }, pick("months", first - 1) + DASH + pick("months", last - 1)),
    el("td", {}, two(from) + DASH + two(to)), el("td", { class: "figure-cell" }, number(price, 2, 100))));
  return titled(sheet.company + ", " + sheet.name,
    paragraph(text("valid_dates", { from: dateOf(sheet.valid_from), to: dateOf(sheet.valid_to) })),
    validity === "valid" ? "" : el("p", { class: "error" }, text("prices_" + validity, { date: dateOf(sheet.valid_to) })),
    table(text("step"), [text("step"), text("kr_month")], steps),
    table(text("energy_price"), [text("months_column"), text("hours_column"), text("ore_kwh")], energy),
    paragraph(text("enova", { ore: number(sheet.enova, 2, 100) }), "calm"),
    sheet.disputed ? paragraph(text("disputed", {
      source: sheet.disputed.source, steps: sheet.disputed.steps.map(([from, ore]) => text("from_w", { power: number(from, 0, 1000) }) + " " + kroner(ore)).join(", "),
    })) : "",
    sheet.note && sheet.note[language()] ? paragraph(sheet.note[language()]) : "",
    paragraph(text("sheet_source", { source: sheet.source }), "calm small-print"));
}

function targetCard(s, sheet, now) {
  const draft = {};
  const limits = sheet.model === "fuse" || sheet.model === "flat" ? [] : sheet.steps.slice(1).map((step, i) => [step[0], stepName(sheet, i)]);
  return titled(text("target_title"),
    limits.length ? selection(text("target_ask"), [[0, text("target_auto")], ...limits], now.target_w, (value) => { draft.target_w = Number(value); }, text("target_note")) : "",
    tick(text("norgespris"), now.norgespris, (on) => { draft.norgespris = on; }, text("norgespris_note")),
    saveButton(s, draft));
}

/** "26,89" or "26.89" -> 2689 with `by` 100; NaN for what is no number. */
function typedNumber(words, by) {
  const plain = words.replace(/[\s\u00a0]/g, "").replace(",", ".");
  return /^-?\d+(\.\d+)?$/.test(plain) ? Math.round(Number(plain) * by) : NaN;
}

function ownCard(s, sheet, own) {
  const start = sheet || { company: "", name: "", place: "", group: "household", valid_from: "", valid_to: "", model: "daily_max", steps: [[0, 0]], energy: [[1, 12, 0, 24, 0]], enova: 100 };
  const problems = el("ul", { class: "plainly error", role: "alert" });
  const input = (key, type = "text") => el("input", { type, value: start[key] || "", "data-key": key, maxlength: 120 });
  const named = (key, type) => el("label", { class: "field" }, el("span", {}, text("sheet_" + key)), input(key, type));
  const steps = grid(["from_kw", "kr_month"], start.steps.map(([from, ore]) => [number(from, from % 1000 ? 1 : 0, 1000), kroner(ore)]), "step_price");
  const energy = grid(["month_first", "month_last", "hour_from", "hour_to", "ore_kwh"], start.energy.map(([a, b, c, d, e]) => [String(a), String(b), String(c), String(d), number(e, 2, 100)]), "energy_price");
  const enova = el("input", { value: number(start.enova, 2, 100), inputmode: "decimal" });
  let group = start.group;
  const body = el("div", {}, ["company", "name", "place"].map((key) => named(key)), named("valid_from", "date"), named("valid_to", "date"),
    choice(text("sheet_group"), "group", [["household", text("group_household")], ["holiday", text("group_holiday")]], group, (value) => { group = value; }),
    steps.element, energy.element, el("label", { class: "field" }, el("span", {}, text("sheet_enova")), enova));

  function typed() {
    const made = { id: start.id || "own", model: start.model, group, source: text("sheet_by_owner"), enova: typedNumber(enova.value, 100) };
    for (const one of body.querySelectorAll("[data-key]")) made[one.dataset.key] = one.value.trim();
    made.steps = steps.rows().map(([from, kr]) => [typedNumber(from, 1000), typedNumber(kr, 100)]);
    made.energy = energy.rows().map((cells) => cells.map((cell, i) => typedNumber(cell, i === 4 ? 100 : 1)));
    return made;
  }

  async function post() {
    problems.replaceChildren();
    const answer = await dongle("tariff", typed());
    for (const one of answer.problems || []) {
      problems.append(el("li", {}, whereWords(one.where) + ": " + textOr("tariff_" + one.code, one.code)));
    }
    return answer;
  }

  return el("details", { class: "card" }, el("summary", {}, el("h3", {}, text(own ? "own_edit" : "own_make"))),
    paragraph(text("own_text"), "calm"), body, problems,
    action(text("own_save"), post, () => s.again(text("saved")), "main"),
    own ? action(text("own_remove"), () => dongle("tariff", null, "DELETE"), () => s.again(), "danger") : "");
}

/** "steps 2" -> "Effekttrinn, linje 2" */
function whereWords(where) {
  const [key, line] = String(where || "").split(" ");
  return textOr("sheet_" + key, key) + (line ? ", " + text("line_n", { n: line }) : "");
}

/** Rows of fields that can be added and taken away. */
function grid(columns, values, caption) {
  const body = el("tbody");
  const line = (cells) => el("tr", {}, cells.map((cell, i) => el("td", {}, el("input", { value: cell, inputmode: "decimal", "aria-label": text(columns[i]) }))),
    el("td", {}, el("button", { class: "second", type: "button", "aria-label": text("row_remove"), click: (event) => {
      if (body.children.length > 1) event.target.closest("tr").remove();
    } }, "\u00d7")));
  body.append(...values.map(line));
  const element = el("div", { class: "grid-form" },
    el("div", { class: "table", tabindex: "0", role: "region", "aria-label": text(caption) }, el("table", {}, el("caption", {}, text(caption)),
      el("thead", {}, el("tr", {}, columns.map((key) => el("th", { scope: "col" }, text(key))), el("td"))), body)),
    el("button", { class: "second", type: "button", click: () => body.append(line(columns.map(() => ""))) }, text("row_add")));
  return { element, rows: () => [...body.children].map((tr) => [...tr.querySelectorAll("input")].map((one) => one.value)) };
}
