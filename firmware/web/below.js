"use strict";
// Below the first screen: warnings, today, this month, the voltages, what has happened.

function openBelow(live, root) {
  const answers = {};
  let rev = null;
  let busy = false;

  /** `missing`: only what did not come the last time. */
  async function fetchAll(missing) {
    if (busy) return;
    busy = true;
    rev = live.now && live.now.rev;
    // One after the other, as in Historikk
    for (const [name, path] of [["hours", "hours"], ["days", "days"], ["peaks", "peaks"], ["quality", "quality"], ["log", "events/log?count=20"]]) {
      if (missing === true && went(answers[name] || { status: 0 })) continue;
      answers[name] = await dongle(path);
      if (answers[name].status === 0) break;
    }
    busy = false;
    draw();
  }

  // Each part stays as it is until its own data are others: who is reading there, or has the
  // keyboard's focus there, must not be thrown out by the rest.
  const drawn = {};
  const places = {};
  const part = (name, title) => (places[name] = section(title, []));
  inSight(() => root.replaceChildren(warningsCard(live.now || {}), part("hours", "today_hours"), part("days", "month_days"),
    part("peaks", "peaks_title"), part("quality", "voltage"), part("log", "events")));

  /** The keyboard's focus at the page's foot has brought all this, above it: it stays in sight. */
  function inSight(change) {
    const focused = document.querySelector(":focus-visible");
    const seen = focused && root.compareDocumentPosition(focused) & 4 && focused.getBoundingClientRect().top < innerHeight;
    change();
    if (seen) focused.scrollIntoView({ block: "nearest" });
  }

  function drawPart(name, make, beside) {
    const answer = answers[name];
    const good = answer && went(answer);
    const key = good ? JSON.stringify([answer, beside]) : {};
    if (drawn[name] === key) return;
    drawn[name] = key;
    const [title] = places[name].children;
    places[name].replaceChildren(title, ...(good ? make(answer).filter(Boolean) : [awaited(answer, () => fetchAll(true))]));
  }

  const draw = () => inSight(() => {
    const utc = live.utc();
    const today = dayOf(utc * 1000);
    const { year, month } = civil(today);
    const peaks = went(answers.peaks || { status: 0 }) ? answers.peaks.peaks : [];
    const { hour, month: m = {} } = live.now || {};
    drawPart("hours", (answer) => dayChart(answer, peaks, live, text("today_hours")), [peaks, rev, hour && hour.start]);
    drawPart("days", (answer) => [...monthPart(answer, year, month, today, peaks), ...monthSums(m)], [peaks, today, m]);
    drawPart("peaks", (answer) => peaksPart(answer, text("peaks_title")));
    drawPart("quality", (answer) => voltagePart(answer, utc));
    drawPart("log", eventsPart);
    drawWarnings();
  });

  // The warnings come with the stream; all else when the hour's work is done.
  let warned = "";
  function drawWarnings() {
    const key = JSON.stringify(live.now && [live.now.warnings, live.now.fuse]);
    if (key === warned) return;
    warned = key;
    const focused = document.activeElement && document.activeElement.id === "warnings";
    byId("warnings").replaceWith(warningsCard(live.now || {}));
    if (focused) byId("warnings").focus({ preventScroll: true });
  }

  draw();
  fetchAll();
  return {
    draw,
    changed() {
      if (live.now && live.now.rev !== rev && live.state(performance.now()) === "live") fetchAll();
      else drawWarnings();
    },
  };
}

const section = (key, parts) => el("section", { class: "card" }, el("h2", {}, text(key)), ...parts);

function warningsCard(now) {
  const warnings = now.warnings || [];
  const card = el("section", { class: "card", id: "warnings", tabindex: "-1", hidden: !warnings.length },
    el("h2", {}, text("warnings")),
    el("ul", { class: "plainly" }, warnings.map((code) => {
      const [title, lead] = warningWords(now, code);
      return el("li", {}, el("strong", {}, title), lead ? " " + lead : "");
    })));
  return card;
}

function monthPart(answer, year, month, today, peaks) {
  const slots = daySlots(answer, year, month, today, peaks);
  const sum = sumOf(slots.filter((slot) => slot.kind));
  if (sum.wh === null) return [emptyHistory()];
  return [
    el("p", {}, text("sum_month") + " ", ...sumWords(sum, 0)),
    barChart({
      title: text("month_days"), slots, unit: "kWh", scale: 1000, decimals: 1,
      column: text("date_column"), open: text("open_day"),
    }),
  ];
}

/** The month's kroner to the grid, and its kWh against the most that Norgespris is for. */
function monthSums(month) {
  const kr = month.cost_kr && [...new Set(month.cost_kr.map((one) => number(one, 0)))].join("–");
  return [
    kr && el("p", {}, text("month_cost", { kr })),
    month.quota_wh && el("p", {}, `Norgespris: ${amount(month.import_wh, "kWh", 0)} / ${amount(month.quota_wh, "kWh", 0)}`),
  ];
}

/** The day's lowest and highest minute of each voltage, and how long it was outside the limits. */
function voltagePart(answer, utc) {
  const net = NETS.indexOf(answer.net) + 1;
  const at = (value, minute) => (typeof value === "number"
    ? [el("span", {}, number(value, 0) + NBSP + "V"), typeof minute === "number" ? el("small", {}, when(minute * 1000, utc * 1000, "time")) : null]
    : unknown());
  const rows = (answer.phases || []).map((phase, i) => {
    const day = phase.today || {};
    return phase.today || phase.minutes_outside_24h ? el("tr", {},
      el("th", { scope: "row" }, voltageName(net, i + 1)),
      el("td", { class: "figure-cell" }, at(day.min_v, day.min_utc)),
      el("td", { class: "figure-cell" }, at(day.max_v, day.max_utc)),
      el("td", { class: "figure-cell" }, number(phase.minutes_outside_24h || 0, 0) + NBSP + "min")) : null;
  }).filter(Boolean);
  const bounds = answer.l2_bounds_a;
  return [
    rows.length ? table(text("voltage"), [text("between"), text("lowest"), text("highest"), text("outside")], rows)
      : el("p", { class: "calm" }, text("voltage_none")),
    bounds ? el("p", {}, text("l2_bounds", { least: number(bounds.least, 1), most: number(bounds.most, 1) + NBSP + "A" })) : null,
    el("p", { class: "calm small-print" }, text("voltage_note")),
  ];
}

function eventsPart(answer) {
  const report = el("a", { class: "second", href: "#cabin" }, text("away_title"));
  if (!answer.entries.length) return [el("p", { class: "calm" }, text("events_none"))];
  return [el("ul", { class: "log" }, answer.entries.map((entry) => el("li", {},
    el("time", {}, typeof entry.utc === "number" ? moment(entry.utc) : text("time_unknown")), " ", eventWords(entry)))), report];
}

// What an event's figure is (firmware/app/log.py); of the others it says nothing to a reader.
const EVENT_VALUES = {
  power_lost: (value) => moment(value),
  clock_back: (value) => number(value, 0) + NBSP + "s",
  clock_jump: (value) => number(value, 0) + NBSP + "s",
  clock_wrong: (value) => number(value, 0) + NBSP + "s",
  target_lost: (value) => amount(value, "kW"),
  scale_suspect: (value) => amount(value, "kWh"),
};

function eventWords(entry) {
  const shown = entry.value && EVENT_VALUES[entry.event];
  return textOr("event_" + entry.event, entry.event) + (shown ? " " + shown(entry.value) : "");
}
