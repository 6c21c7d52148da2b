"use strict";
// The first screen. It reads `live` and writes only what differs from what already stands there.

// A title that changes all the time is noise in the tab and in a screen reader.
const TITLE_MS = 30000;

function createNowView(live) {
  let titleMs = -Infinity;
  let saidState = null;
  let page = "";

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
    // A home has little use for it; a report of an outage leads there all the same.
    show(byId("nav-cabin"), now.profile === "cabin" || page === text("nav_cabin"));
    renderState(wordsOfState(now, state), t);
    renderTitle(now, state, t);
    if (page) return;
    renderPower(now, state, t);
    const notice = noticeFor(now, state, live.age(t) !== null, (key) => readAt(t, key));
    renderNotice(notice);
    show(byId("trend"), !notice);
    if (!notice) renderTrend(t);
    renderCards(live, state);
    renderMeter(now);
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
    put(byId("power-label"), powerLabel(now, state, t).join(" · "));
    const pause = byId("pause");
    const label = text(live.paused ? "resume" : "pause");
    if (pause.title !== label) {
      pause.title = label;
      pause.setAttribute("aria-label", label);
    }
  }

  function powerLabel(now, state, t) {
    const power = powerOf(now);
    const kind = power < 0 ? "export" : "power";
    const fresh = state === "live" || power === null;
    const words = [text(kind + (fresh ? "_now" : "_at"), fresh ? {} : { when: readAt(t) })];
    // Two decimals of a kW would make 3 W look like nothing.
    if (power !== null && power !== 0 && Math.abs(power) < 15) words.push(number(power, 0) + NBSP + "W");
    if (power > 0 && now.export_w > 0) {
      words.push(text("and_export", { power: kilo(now.export_w) + NBSP + "kW" }));
    }
    return words;
  }

  function renderTrend(t) {
    const drawing = byId("trend-picture");
    const width = drawing.clientWidth || 360;
    const height = drawing.clientHeight || 64;
    const picture = trend(live.samples, t / 1000, width, height);
    drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
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
    const words = low === null ? text("trend_none")
      : text("trend_range", { low, high: kilo(picture.high) + NBSP + "kW" });
    put(byId("trend-range"), words);
    const end = live.paused && when(live.paused.wall, Date.now(), "time");
    put(byId("trend-end"), end || text("trend_now"));
  }

  function renderMeter(now) {
    const net = netOf(now);
    const words = [makerOf(now), net && text("net_" + net)];
    if (now.meter_id) words.push(text("meter_number", { number: now.meter_id }));
    const known = words.filter(Boolean);
    const element = byId("meter");
    show(element, known.length > 0);
    // A part is broken between its words only when it does not fit a line by itself.
    redraw(element, known.join(" · "), () => known.flatMap((part, i) =>
      [i ? " · " : "", el("span", { class: "whole" }, part)]));
  }

  function renderTitle(now, state, t) {
    const shown = kilo(powerOf(now));
    const name = now.name || text("unnamed");
    let first = page || text("state_" + wordsOfState(now, state), { age: "" }).replace(/[, ]+$/, "");
    if (state === "live" && !page) first = shown === null ? "" : shown + NBSP + "kW";
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

  /** Another page is shown, with that title; "" for this one. */
  function turnTo(title) {
    page = title;
    titleMs = -Infinity;
    render();
  }

  /** The value of the moment, for who asks to hear it. */
  function say() {
    const t = performance.now();
    const now = live.now || {};
    const state = live.state(t);
    const power = amount(powerOf(now), "kW");
    const said = byId("said");
    said.textContent = "";
    setTimeout(() => put(said, powerLabel(now, state, t).join(", ") + ": " + power + ". " + byId("state").textContent), 100);
  }

  return { render, hide, turnTo, say };
}
