"use strict";
// The first screen. It reads `live` and writes only what differs from what already stands there.

// A title that changes all the time is noise in the tab and in a screen reader.
const TITLE_MS = 30000;
// domain.md 4.2: nothing must have flowed for a minute before the page says so.
const IDLE_S = 60;

// household/line.py: what ails a line on which something comes, each with its own words.
const LINE_VERDICTS = [
  "searching", "garbled", "noisy", "key_missing", "key_wrong", "auth_key_wrong", "refused",
  "unknown_list",
];

const byId = (id) => document.getElementById(id);

function put(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

function show(element, visible) {
  if (element.hidden === visible) element.hidden = !visible;
}

function make(tag, className, words) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (words !== undefined) element.textContent = words;
  return element;
}

/**
 * A value with its unit; unknown is a dash that a screen reader reads as a word.
 * @param {?string} shown  the number as text, null when unknown
 */
function putValue(element, shown, unit) {
  const key = language() + shown + unit;
  if (element.dataset.key === key) return;
  element.dataset.key = key;
  if (shown === null) {
    const dash = make("span", "", "\u2013");
    dash.setAttribute("aria-hidden", "true");
    element.replaceChildren(dash, make("span", "said", text("unknown")));
  } else {
    element.replaceChildren(shown);
    if (unit) element.append(make("span", "unit", NBSP + unit));
  }
}

function createNowView(live) {
  let titleMs = -Infinity;
  let saidState = null;

  /** The clock time of the last list, in words. The phone's clock gives only the label. */
  function readAt(t, key) {
    const wall = Date.now();
    const seen = live.paused || { ms: t, wall };
    return when(seen.wall - live.age(seen.ms) * 1000, wall, key);
  }

  function render() {
    const t = live.paused ? live.paused.ms : performance.now();
    const state = live.state(t);
    const now = live.now || {};
    document.documentElement.dataset.state = state;
    put(byId("name"), now.name || text("unnamed"));
    renderState(state, t);
    renderPower(now, state, t);
    const notice = noticeFor(now, state, t);
    renderNotice(notice);
    show(byId("trend"), !notice);
    if (!notice) renderTrend(t);
    renderRows(now);
    renderPhases(now);
    renderMeter(now);
    renderTitle(now, state, t);
  }

  function renderState(state, t) {
    const age = live.age(t);
    put(byId("state"), text("state_" + state, { age: age === null ? "" : seconds(age) }));
    // Only a change of state is announced, and not the first one: the page has just been read.
    // A short silence on the way is no news: the state after it is.
    if (state === "connecting" || state === saidState) return;
    if (saidState !== null) put(byId("said"), text("say_" + state));
    saidState = state;
  }

  function renderPower(now, state, t) {
    const power = powerOf(now);
    const shown = kilo(power);
    const figure = byId("power");
    putValue(figure, shown, "kW");
    const length = (shown || "").length;
    figure.dataset.size = length > 8 ? "s" : length > 5 ? "m" : "l";
    figure.title = power === null ? "" : number(power, 0) + NBSP + "W";
    const kind = power < 0 ? "export" : "power";
    const fresh = state === "live" || power === null;
    const words = [text(kind + (fresh ? "_now" : "_at"), fresh ? {} : { when: readAt(t) })];
    // Two decimals of a kW would make 3 W look like nothing.
    if (power !== null && power !== 0 && Math.abs(power) < 15) words.push(figure.title);
    if (power > 0 && now.export_w > 0) {
      words.push(text("and_export", { power: kilo(now.export_w) + NBSP + "kW" }));
    }
    put(byId("power-label"), words.join(" · "));
    const pause = byId("pause");
    const label = text(live.paused ? "resume" : "pause");
    if (pause.title !== label) {
      pause.title = label;
      pause.setAttribute("aria-label", label);
    }
  }

  function renderTrend(t) {
    const svg = byId("trend-picture");
    const width = svg.clientWidth || 360;
    const height = svg.clientHeight || 64;
    const picture = trend(live.samples, t / 1000, width, height);
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    byId("trend-line").setAttribute("d", picture.line);
    byId("trend-area").setAttribute("d", picture.area);
    byId("trend-zero").setAttribute("d", `M0 ${picture.zero}H${width}`);
    const gaps = picture.gaps.map((gap) => `M${gap.x} 0h${gap.width}V${height}h${-gap.width}Z`);
    byId("trend-gaps").setAttribute("d", gaps.join(""));
    const dot = byId("trend-dot");
    dot.setAttribute("visibility", picture.end ? "visible" : "hidden");
    if (picture.end) {
      dot.setAttribute("cx", picture.end.x);
      dot.setAttribute("cy", picture.end.y);
    }
    const low = kilo(picture.low);
    const high = kilo(picture.high);
    const unit = NBSP + "kW";
    const words = low === null ? text("trend_none")
      : text("trend_range", { low, high: high + unit });
    put(byId("trend-range"), words);
    const end = live.paused && when(live.paused.wall, Date.now(), "time");
    put(byId("trend-end"), end || text("trend_now"));
  }

  function renderRows(now) {
    const hour = typeof now.last_hour_wh === "number" ? kilo(now.last_hour_wh) : null;
    const known = hour !== null && typeof now.last_hour_start === "number";
    const hourName = known ? text("last_hour_at", { hours: hours(now.last_hour_start) })
      : text("last_hour");
    row("hour", hourName, hour, hour === null ? text("last_hour_wait") : "");
    const register = kilo(now.import_wh);
    let read = register === null ? text("register_wait") : "";
    if (register !== null && live.registersMs !== null) {
      read = when(Date.now() - (performance.now() - live.registersMs), Date.now());
    }
    row("register", text("register"), register, read);
    show(byId("export-register"), now.export_wh > 0);
    row("export-register", text("export_register"), kilo(now.export_wh), read);
  }

  function row(id, name, value, note) {
    const element = byId(id);
    put(element.querySelector(".name"), name);
    put(element.querySelector(".note"), note);
    putValue(element.querySelector("dd"), value, "kWh");
  }

  function renderPhases(now) {
    const [upper, lower] = phasesOf(now);
    show(byId("phases"), upper.length > 0);
    cells(byId("phases-upper"), upper);
    cells(byId("phases-lower"), lower);
  }

  function cells(list, columns) {
    show(list, columns.length > 0);
    const key = language() + columns.map((c) => c.label + c.missing).join();
    if (list.dataset.key !== key) {
      list.dataset.key = key;
      list.replaceChildren(...columns.map((column) => {
        const cell = make("div", "cell");
        const value = make("dd", column.missing ? "missing" : "live-value");
        cell.append(make("dt", column.quiet ? "said" : "", column.label), value);
        if (column.missing) {
          const short = make("span", "", text("not_measured"));
          short.setAttribute("aria-hidden", "true");
          value.append(short, make("span", "said", text("not_measured_long")));
        }
        return cell;
      }));
    }
    columns.forEach((column, i) => {
      const value = list.children[i].lastElementChild;
      if (!column.missing) putValue(value, number(column.value, column.unit === "A" ? 1 : 0), column.unit);
    });
  }

  function renderMeter(now) {
    const net = netOf(now);
    const words = [makerOf(now), net && text("net_" + net)];
    if (now.meter_id) words.push(text("meter_number", { number: now.meter_id }));
    const known = words.filter(Boolean);
    const element = byId("meter");
    show(element, known.length > 0);
    if (element.textContent === known.join(" · ")) return;
    // A part is broken between its words only when it does not fit a line by itself.
    element.replaceChildren(...known.flatMap((part, i) =>
      [i ? " · " : "", make("span", "whole", part)]));
  }

  /** What takes the trend's place: {kind, title, lead, causes, text}, or null. */
  function noticeFor(now, state, t) {
    if (state === "lost") {
      return {
        kind: "bad", title: text("lost_title"), text: text("lost_retry"),
        causes: ["lost_wifi", "lost_power", "lost_address"].map((key) => text(key)),
      };
    }
    const verdict = LINE_VERDICTS.includes(now.verdict) ? now.verdict : null;
    if (verdict && (state === "no_signal" || (state === "live" && verdict === "noisy"))) {
      return {
        kind: "bad", title: text("line_" + verdict), text: text("line_do_" + verdict), causes: [],
      };
    }
    if (state === "no_signal") {
      const ever = live.age(t) !== null;
      const closed = ever ? "cause_closed" : "cause_not_open";
      const title = ever ? text("no_signal_title", { when: readAt(t, "time") }) : text("no_signal_ever");
      return {
        kind: "bad", title, lead: text("no_signal_lead"),
        causes: ["cause_plug", "cause_frozen", closed, "cause_dark"].map((key) => text(key)),
      };
    }
    if (state === "live" && isIdle(now) && live.idleFor(IDLE_S, t)) {
      return { kind: "calm", title: text("idle_title"), text: text("idle_text"), causes: [] };
    }
    return null;
  }

  function renderNotice(notice) {
    const card = byId("notice");
    show(card, Boolean(notice));
    const key = JSON.stringify(notice);
    if (!notice || card.dataset.key === key) return;
    card.dataset.key = key;
    card.dataset.kind = notice.kind;
    const parts = [make("h2", "", notice.title)];
    if (notice.lead) parts.push(make("p", "", notice.lead));
    if (notice.causes.length) {
      const list = make("ol");
      list.append(...notice.causes.map((cause) => make("li", "", cause)));
      parts.push(list);
    }
    if (notice.text) parts.push(make("p", "", notice.text));
    card.replaceChildren(...parts);
  }

  function renderTitle(now, state, t) {
    const shown = kilo(powerOf(now));
    const name = now.name || text("unnamed");
    let first = text("state_" + state, { age: "" }).replace(/[, ]+$/, "");
    if (state === "live") first = shown === null ? "" : shown + NBSP + "kW";
    const title = first ? first + " \u2013 " + name : name;
    // Nothing changes a paused page later on: its title must stop claiming a power at once.
    if (title === document.title || (t - titleMs < TITLE_MS && state !== "paused")) return;
    titleMs = t;
    document.title = title;
  }

  /** A hidden tab must not go on claiming a power. */
  function hide() {
    titleMs = -Infinity;
    document.title = (live.now && live.now.name) || text("unnamed");
  }

  return { render, hide };
}
