"use strict";
// The first screen's cards: this hour with its budget, the capacity step, today, the phases.

/** Everything under the power figure. `state` as in live.state(). */
function renderCards(live, state) {
  const now = live.now || {};
  renderHour(now, state);
  renderStep(now);
  renderToday(now);
  renderPhases(now);
  renderRegisters(now, live.registersMs);
}

function renderHour(now, state) {
  const hour = now.hour || {};
  const fresh = state === "live";
  const used = kilo(hour.wh);
  const expected = fresh ? kilo(hour.expected_wh) : null;
  redraw(byId("hour-so-far"), used + "|" + expected, () => {
    if (used === null) return unknown(text("hour_unknown"));
    const sum = el("strong", {}, text("about") + NBSP + used + NBSP + "kWh");
    return expected === null ? [sum] : [sum, " · " + text("expected", { expected })];
  });
  const level = fresh && hour.level ? hour.level : "none";
  byId("hour-card").dataset.level = level;
  renderGauge(hour, fresh);
  redraw(byId("hour-verdict"), level + hour.allow_w + hour.top + used, () => verdictOf(hour, level, now));
}

// The words say everything; the gauge is for the eye only.
function renderGauge(hour, fresh) {
  const gauge = byId("gauge");
  const width = gauge.clientWidth || 300;
  const used = hour.wh || 0;
  const expected = (fresh && hour.expected_wh) || used;
  const most = Math.max(used, expected, (hour.budget_wh || 0) * 1.04, 1);
  const x = (wh) => Math.round((wh / most) * width);
  const key = [width, x(used), x(expected), x(hour.budget_wh || 0)].join();
  if (gauge.dataset.key === key) return;
  gauge.dataset.key = key;
  gauge.setAttribute("viewBox", `0 0 ${width} 12`);
  const [all, coming, done, limit] = gauge.children;
  all.setAttribute("width", width);
  coming.setAttribute("width", x(expected));
  done.setAttribute("width", x(used));
  limit.setAttribute("d", hour.budget_wh ? `M${x(hour.budget_wh)} 0V12` : "");
}

const LEVEL_SHAPES = {
  ok: "m1 7.5 4 4L13 3",
  near: "M7 1v8m0 2.5V13",
  over: "M2 2l10 10M12 2 2 12",
};

function verdictOf(hour, level, now) {
  if (level === "none") {
    return now.step && hour.wh !== undefined ? [el("span", { class: "calm" }, text("verdict_wait"))] : [];
  }
  const allow = typeof hour.allow_w === "number" ? number(hour.allow_w, 1, 1000) + NBSP + "kW" : null;
  const words = level === "over" && hour.allow_w === 0 ? text("budget_spent")
    : allow === null ? text("level_" + level) : text("allow", { power: allow });
  const extra = level !== "ok" && allow !== null ? text("level_" + level) : hour.top ? text("top_hour") : "";
  return [
    icon(14, LEVEL_SHAPES[level]),
    el("span", {}, el("strong", {}, words), extra ? el("span", { class: "calm" }, extra) : null),
  ];
}

/** The step's card; at a cabin where nothing flows, the cabin's state instead. */
function renderStep(now) {
  const card = byId("step-card");
  const idle = ["zero", "cut_off", "near_zero"].includes(now.presence) && now.profile === "cabin";
  const cut = now.cut_off || {};
  redraw(card, JSON.stringify([idle && now.presence, now.step, !now.at, now.zero_since, cut]), () =>
    (idle ? cabinState(now) : now.step ? stepCard(now.step) : noTariff(now)));
}

function stepCard(step) {
  const range = stepText(step);
  const notes = [];
  if (step.lost_w) notes.push(text("target_lost", { step: range }));
  else if (step.at_limit) notes.push(text("at_limit"));
  else if (typeof step.to_next_w === "number") notes.push(text("to_next", { power: amount(step.to_next_w, "kW") }));
  if (step.preliminary) notes.push(text("preliminary"));
  if (step.higher) notes.push(text("may_be_higher"));
  const money = typeof step.next_kr === "number" && !step.lost_w
    ? text("next_kr", { kr: number(step.next_kr, 0) }) : "";
  const prices = step.validity && step.validity !== "valid"
    ? el("a", { class: "plain-link", href: "#settings/tariff" }, text("prices_" + step.validity, { date: dateOf(step.valid_to) }))
    : null;
  return [
    el("div", { class: "pair" },
      el("h2", { class: "quiet-title", id: "step-title" }, text("step") + " ",
        el("strong", {}, ...valueOf(range))),
      step.by_fuse ? null : el("p", {}, text("mean") + " ", el("strong", {}, ...valueOf(kilo(step.mean_w), "kW")))),
    // Distances and money in kroner of old prices would mislead.
    el("div", { class: "pair calm" }, prices || [el("p", {}, notes.join(" · ")), el("p", {}, money)]),
  ];
}

/** Without a time no price sheet is in force, also one that was chosen. */
function noTariff(now) {
  return [
    el("h2", { class: "quiet-title", id: "step-title" }, text("step")),
    el("p", {}, now.at ? el("a", { class: "plain-link", href: "#settings/tariff" }, text("choose_tariff")) : text("hour_unknown")),
  ];
}

function cabinState(now) {
  const off = now.presence === "cut_off" && now.cut_off;
  const since = off ? off.since : now.zero_since;
  const title = text("cabin_" + now.presence, { power: number(now.import_w, 0) + NBSP + "W" });
  const times = typeof since === "number" ? text("since", { when: moment(since) }) : "";
  const register = off && typeof off.register_wh === "number"
    ? text("register_was", { register: amount(off.register_wh, "kWh") }) : "";
  return [
    el("h2", { id: "step-title" }, title),
    el("p", { class: "calm" }, [times, register || text(now.presence === "near_zero" ? "near_zero_text" : "idle_text")]
      .filter(Boolean).join(" ")),
  ];
}

function renderToday(now) {
  const hour = now.hour || {};
  // The newest record is the hour before this one, or the meter has left some out since.
  const last = typeof now.last_hour_start === "number" ? now : {};
  const ends = last.last_hour_start + HOUR_S * (last.last_hour_span || 1);
  const known = hour.start === undefined || ends === hour.start;
  const quality = known && last.last_hour_quality !== "M" ? last.last_hour_quality : null;
  tile("hour", known && last.last_hour_start ? text("last_hour_at", { hours: hours(ends - HOUR_S) }) : text("last_hour"),
    known && !(last.last_hour_span > 1 && quality === "S") ? kilo(last.last_hour_span > 1 ? 0 : last.last_hour_wh) : null,
    quality ? text("quality_" + quality) : "");
  const day = now.today || {};
  const some = typeof day.import_wh === "number" || typeof hour.wh === "number";
  const sum = (day.import_wh || 0) + (hour.wh || 0);
  tile("today", text("today"), some ? kilo(sum, 1) : null, day.at_least ? text("at_least") : "");
}

/** One of the two figures side by side; `before` is a word that belongs to the number. */
function tile(id, name, shown, before) {
  const element = byId(id);
  put(element.firstElementChild, name);
  redraw(element.lastElementChild, before + shown, () =>
    [before && shown !== null ? el("span", { class: "unit" }, before + NBSP) : null, ...valueOf(shown, "kWh")].filter(Boolean));
}

function renderPhases(now) {
  const [upper, lower] = phasesOf(now);
  const fuse = now.fuse || {};
  if (fuse.a && upper.length) {
    upper.push({ label: text("fuse"), value: typeof fuse.pct === "number" ? fuse.pct : null, unit: "%" });
    if (lower.length && netOf(now) !== 2) lower.push({ label: text("fuse"), quiet: true, words: text("fuse_of", { fuse: fuse.a + NBSP + "A" }) });
  }
  show(byId("phases"), upper.length > 0);
  cells(byId("phases-upper"), upper);
  byId("phases-lower").classList.toggle("between", netOf(now) === 2);
  cells(byId("phases-lower"), lower);
}

function cells(list, columns) {
  show(list, columns.length > 0);
  redraw(list, columns.map((c) => c.label + c.missing + (c.words || "")).join(), () => columns.map((column) =>
    el("div", { class: "cell" },
      el("dt", { class: column.quiet ? "said" : "" }, column.label),
      column.missing ? el("dd", { class: "missing" }, el("span", { "aria-hidden": "true" }, text("not_measured")),
        el("span", { class: "said" }, text("not_measured_long")))
        : el("dd", { class: column.words ? "calm" : "live-value" }, column.words || ""))));
  columns.forEach((column, i) => {
    if (column.missing || column.words) return;
    putValue(list.children[i].lastElementChild, number(column.value, column.unit === "A" ? 1 : 0), column.unit);
  });
}

function renderRegisters(now, readMs) {
  const known = typeof now.import_wh === "number" && readMs !== null;
  const read = known ? when(Date.now() - (performance.now() - readMs), Date.now()) : text("register_wait");
  const standby = now.standby || {};
  const key = [now.import_wh, read, now.export_wh, standby.w].join();
  redraw(byId("registers"), key, () => [
    row(text("register"), valueOf(kilo(now.import_wh), "kWh"), read),
    now.export_wh > 0 ? row(text("export_register"), valueOf(kilo(now.export_wh), "kWh"), read) : null,
    typeof standby.w === "number" ? row(text("standby"), valueOf(number(standby.w, 0), "W"),
      text("standby_month", { energy: amount(standby.w * 730, "kWh", 0) })) : null,
  ].filter(Boolean));
}

/** A line of a list: a name with a remark, and its value. */
const row = (name, value, note) => el("div", {},
  el("dt", {}, name, note ? el("small", {}, note) : null), el("dd", {}, ...value));
