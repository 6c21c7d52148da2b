"use strict";
// Historikk: any day by hour, any month by day, thirteen months; the peaks; the files.

/** @param {string[]} place  [], ["day", "2026-11-24"], ["month", "2026-11"] or ["year"] */
function openHistory(place, live, root) {
  const today = () => dayOf(live.utc() * 1000);
  const scale = ["day", "month", "year"].includes(place[0]) ? place[0] : "day";
  const at = placeOf(scale, place[1], today());
  const answers = {};
  let rev = null;

  async function fetchAll() {
    rev = live.now && live.now.rev;
    const month = at.year + "-" + two(at.month);
    // One after the other: the dongle has few connections, and other phones want some too.
    if (scale === "day") {
      const day = dayNumber(at.year, at.month, at.day);
      answers.main = await dongle(`hours?from=${isoDay(day)}&to=${isoDay(day + 1)}`);
    } else if (scale === "month") {
      answers.main = await dongle(`days?from=${month}-01&to=${isoDay(dayNumber(at.year, at.month + 1, 1))}`);
    } else {
      const first = civil(dayNumber(at.year, at.month - 12, 1));
      const end = civil(dayNumber(at.year, at.month + 1, 1));
      answers.main = await dongle(`months?from=${first.year}-${two(first.month)}&to=${end.year}-${two(end.month)}`);
    }
    if (scale !== "year" && went(answers.main)) answers.peaks = await dongle("peaks?month=" + month);
    if (root.contains(view)) draw();
  }

  function again() {
    delete answers.main;
    draw();
    fetchAll();
  }

  const view = el("div", { class: "stack" });

  function draw() {
    view.replaceChildren(
      el("h2", { class: "page-title" }, text("nav_history")),
      el("div", { class: "tabs", role: "group", "aria-label": text("range") }, ["day", "month", "year"].map((one) =>
        el("a", { href: "#history/" + one + (one === "year" ? "" : "/" + isoOf(one, at)), "aria-current": one === scale ? "true" : null },
          text("range_" + one)))),
      period(scale, at, today()),
      el("section", { class: "card", "aria-label": periodName(scale, at) },
        ...(went(answers.main || { status: 0 }) ? chartOf(scale, at, answers, live, today()) : [awaited(answers.main, again)])),
      answers.peaks ? el("section", { class: "card" },
        el("h3", {}, text("peaks_title") + " " + monthText(at.year, at.month)),
        ...(went(answers.peaks) ? peaksPart(answers.peaks, text("peaks_title")).filter(Boolean) : [awaited(answers.peaks, fetchAll)])) : "",
      filesCard(scale, at));
  }

  root.replaceChildren(view);
  draw();
  fetchAll();
  return {
    draw,
    changed() {
      if (rev !== null && live.now && live.now.rev !== rev && answers.main) fetchAll();
    },
  };
}

/** {year, month, day} that a place names, or today's; never later than today. */
function placeOf(scale, iso, today) {
  const [year, month, day] = (/^\d{4}-\d\d(-\d\d)?$/.test(iso || "") ? iso : "").split("-").map(Number);
  const now = civil(today);
  if (!year || month < 1 || month > 12) return now;
  const wanted = dayNumber(year, month, scale === "day" ? day || 1 : 1);
  return wanted > today ? now : civil(wanted);
}

const isoOf = (scale, at) => at.year + "-" + two(at.month) + (scale === "day" ? "-" + two(at.day) : "");

const periodName = (scale, at) => (scale === "day" ? dateText(dayNumber(at.year, at.month, at.day), true)
  : scale === "month" ? monthText(at.year, at.month) : text("thirteen_months"));

const CALENDAR = "M7 2h2v2h6V2h2v2h4v18H3V4h4Zm12 8H5v10h14Z";

/**
 * Before and after, and the browser's own calendar. Its field writes dates as the phone does, and
 * lies unseen over ours until it is used.
 */
function period(scale, at, today) {
  if (scale === "year") return el("p", { class: "period-name" }, text("thirteen_months"));
  const move = (by) => (scale === "day" ? civil(dayNumber(at.year, at.month, at.day) + by) : civil(dayNumber(at.year, at.month + by, 1)));
  const day = dayNumber(at.year, at.month, at.day);
  const last = scale === "day" ? day >= today : at.year === civil(today).year && at.month === civil(today).month;
  const arrow = (by, key, shape) => {
    const to = "#history/" + scale + "/" + isoOf(scale, move(by));
    const off = by > 0 && last;
    return el("a", { class: "round", href: off ? null : to, "aria-label": text(key), role: off ? "link" : null, "aria-disabled": off ? "true" : null },
      icon(20, shape));
  };
  const [type, label, pattern] = scale === "day" ? ["date", "choose_day", /^\d{4}-\d\d-\d\d$/] : ["month", "choose_month", /^\d{4}-\d\d$/];
  const field = el("input", {
    type, value: isoOf(scale, at), max: isoOf(scale, civil(today)), "aria-label": text(label),
    change: (event) => {
      if (pattern.test(event.target.value)) location.hash = "#history/" + scale + "/" + event.target.value;
    },
    // Most browsers open the calendar only where its own small sign is.
    click: (event) => {
      try {
        event.target.showPicker();
      } catch (_) {
        // An old browser: the field can be typed in.
      }
    },
  });
  return el("div", { class: "period" },
    arrow(-1, scale === "day" ? "day_before" : "month_before", "m12.5 4-6 6 6 6 1.4-1.4L9.3 10l4.6-4.6z"),
    el("div", { class: "picker" }, el("p", { class: "period-name" }, periodName(scale, at), icon(24, CALENDAR)), field),
    arrow(1, scale === "day" ? "day_after" : "month_after", "m7.5 4 6 6-6 6-1.4-1.4L10.7 10 6.1 5.4z"));
}

function chartOf(scale, at, answers, live, today) {
  const peaks = went(answers.peaks || { status: 0 }) ? answers.peaks.peaks : [];
  if (scale === "day") return dayChart(answers.main, peaks, live, periodName(scale, at));
  const slots = scale === "month" ? daySlots(answers.main, at.year, at.month, today, peaks)
    : monthSlots(answers.main, at.year, at.month);
  const sum = sumOf(slots.filter((slot) => slot.kind));
  if (sum.wh === null) return [emptyHistory()];
  return [
    el("p", {}, text(scale === "month" ? "sum_month" : "sum_year") + " ", ...sumWords(sum, 0)),
    barChart({
      title: periodName(scale, at), slots, unit: "kWh", scale: 1000, decimals: scale === "month" ? 1 : 0,
      column: text(scale === "month" ? "date_column" : "month_column"), open: text(scale === "month" ? "open_day" : "open_month"),
    }),
  ];
}

/** A day's chart with its sum: Historikk and the first page have it. */
function dayChart(answer, peaks, live, title) {
  const slots = hourSlots(answer, live.utc(), live.now && live.now.hour);
  for (const slot of slots) {
    if (slot.kind !== "M" && slot.kind !== "B") continue;
    const rank = peaks.findIndex((peak) => slot.name === text("hour_name", { hours: hours(peak.start) })
      && peak.start >= answer.start && peak.start < answer.end);
    if (rank >= 0) slot.peak = rank + 1;
  }
  const sum = sumOf(slots.filter((slot) => slot.kind));
  if (sum.wh === null) return [emptyHistory()];
  return [
    el("p", {}, text("sum_day") + " ", ...sumWords(sum, 1)),
    barChart({ title, slots, unit: "kWh", scale: 1000, decimals: 2, column: text("hour_column") }),
  ];
}

const emptyHistory = () => el("p", { class: "calm empty" }, text("history_empty"));

/** What can be taken out: the period shown, and all that is kept. */
function filesCard(scale, at) {
  const day = dayNumber(at.year, at.month, at.day);
  const from = scale === "day" ? isoDay(day) : isoDay(dayNumber(at.year, at.month - (scale === "year" ? 12 : 0), 1));
  const to = isoDay(scale === "day" ? day + 1 : dayNumber(at.year, at.month + 1, 1));
  const file = (path, key) => el("li", {}, el("a", { class: "plain-link", href: "/api/v1/" + path, download: true }, text(key)));
  return el("section", { class: "card" }, el("h3", {}, text("files_title")),
    el("p", { class: "calm" }, text("files_text")),
    el("ul", { class: "links" },
      file(`hours.csv?from=${from}&to=${to}`, "file_period"),
      file("hours.csv", "file_hours"), file("days.csv", "file_days"),
      file("peaks.csv", "file_peaks"), file("events.csv", "file_events")));
}
