"use strict";
// Bar charts in SVG, by hand: see README.md for why no library. What a bar is can be told without
// colour: measured is filled, calculated outlined, in progress dashed, a block of which only the
// sum is known is one hatched block, what is missing is a hatched column without a value.

const CHART_HEIGHT = 9.5; // rem, so that it grows with the text
const TICKS = 4;

/** The distance of the axis' lines: 1, 2 or 5 of a power of ten, so that at most TICKS are needed. */
function tickStep(most) {
  const power = 10 ** Math.floor(Math.log10(most / TICKS));
  return [1, 2, 5, 10].map((n) => n * power).find((step) => most / step <= TICKS);
}

/**
 * A chart as an element, with a line of words for the chosen bar and a table of the same.
 * @param {object} chart
 *   title, unit; scale: from the values to the unit (1000 from Wh to kWh); decimals
 *   slots: [{name, tick, kind, value, minus, span, peak, words, href}]: `span` slots wide (1),
 *     `tick` a label for the axis, `kind` M B S - open or "" (still to come), `minus` what went
 *     out, `peak` 1.. when it is one of the highest
 *   lines: [{value, name}]; column: the table's first heading; chosen: index or -1; open: words of
 *   the link to a bar's href
 */
function barChart(chart) {
  const total = chart.slots.reduce((sum, slot) => sum + (slot.span || 1), 0);
  const readout = el("p", { class: "readout", "aria-live": "polite" });
  const picture = el("div", { class: "bars" });
  const link = el("a", { class: "second", hidden: true }, chart.open || "");
  let chosen = chart.chosen === undefined ? -1 : chart.chosen;

  function choose(i) {
    chosen = Math.max(0, Math.min(chart.slots.length - 1, i));
    draw();
  }

  function draw() {
    picture.replaceChildren(drawing(chart, total, picture.clientWidth, chosen, choose));
    const slot = chart.slots[chosen];
    readout.replaceChildren(...(slot ? slotWords(chart, slot) : [text("chart_tap")]));
    show(link, Boolean(slot && slot.href));
    if (slot && slot.href) link.href = slot.href;
  }

  const step = (by, key, shape) => el("button", {
    class: "round", type: "button", "aria-label": text(key),
    click: () => choose(chosen < 0 ? (by > 0 ? 0 : chart.slots.length - 1) : chosen + by),
  }, icon(20, shape));
  const figure = el("figure", { class: "chart" },
    picture,
    el("div", { class: "reader" }, step(-1, "bar_before", "m12.5 4-6 6 6 6 1.4-1.4L9.3 10l4.6-4.6z"),
      el("div", {}, readout, link), step(1, "bar_after", "m7.5 4 6 6-6 6-1.4-1.4L10.7 10 6.1 5.4z")),
    legend(chart), tableToggle(chart));
  // It has a width only once it is in the page.
  requestAnimationFrame(draw);
  return figure;
}

/** The words of one bar: its name, value and quality. */
function slotWords(chart, slot) {
  const value = slot.kind === "-" ? null : number(slot.value === undefined ? null : slot.value, chart.decimals, chart.scale);
  const more = [slot.words || kindWord(slot.kind)];
  if (slot.minus) more.push(text("and_export", { power: amount(slot.minus, chart.unit, chart.decimals, chart.scale) }));
  if (slot.peak) more.push(text("peak_word", { n: slot.peak }));
  return [slot.name + ": ", el("strong", {}, ...valueOf(value, chart.unit)), " ", more.filter(Boolean).join(" · ")];
}

const kindWord = (kind) => (kind === "open" || kind === "least" ? text("kind_" + kind) : kind ? textOr("quality_" + kind, "") : text("kind_none"));

function drawing(chart, total, givenWidth, chosen, choose) {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const width = givenWidth || 320;
  const height = CHART_HEIGHT * rem;
  const value = (slot) => (slot.kind === "S" ? (slot.value || 0) / (slot.span || 1) : slot.value || 0);
  const most = Math.max(...chart.slots.map(value), ...(chart.lines || []).map((line) => line.value), chart.scale / 10);
  const least = Math.max(0, ...chart.slots.map((slot) => slot.minus || 0));
  const step = tickStep(most + least);
  const ends = { top: 1.5 * rem, bottom: height - 1.4 * rem, left: axisWidth(most, step, chart) * rem };
  const y = (v) => ends.top + ((most - v) / (most + least)) * (ends.bottom - ends.top);
  const each = (width - ends.left) / total;
  const parts = [];
  for (let v = 0; v <= most; v += step) {
    parts.push(svg("path", { class: v ? "grid" : "zero", d: `M${ends.left} ${y(v)}H${width}` }),
      svg("text", { class: "axis", x: ends.left - 0.3 * rem, y: y(v) + 0.25 * rem, "text-anchor": "end" },
        number(v, tickDecimals(step, chart), chart.scale)));
  }
  parts.push(svg("text", { class: "axis", x: 0, y: 0.75 * rem }, chart.unit));
  let at = ends.left;
  chart.slots.forEach((slot, i) => {
    const wide = each * (slot.span || 1);
    parts.push(...oneBar(slot, i, { at, wide, each, y, value, ends, height, rem, least, chosen }));
    parts.push(svg("rect", { class: "hit", x: at, y: 0, width: wide, height, click: () => choose(i) }));
    at += wide;
  });
  for (const line of chart.lines || []) {
    parts.push(svg("path", { class: "limit", d: `M${ends.left} ${y(line.value)}H${width}` }),
      svg("text", { class: "axis", x: width, y: y(line.value) - 0.25 * rem, "text-anchor": "end" }, line.name));
  }
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": summary(chart) }, parts);
}

const tickDecimals = (step, chart) => Math.max(0, -Math.floor(Math.log10(step / chart.scale) + 1e-9));
const axisWidth = (most, step, chart) => number(most, tickDecimals(step, chart), chart.scale).length * 0.45 + 0.5;

function oneBar(slot, i, { at, wide, each, y, value, ends, height, rem, least, chosen }) {
  const parts = [];
  const gap = Math.min(each * 0.18, 3);
  const box = { x: at + gap / 2, width: Math.max(1, wide - gap) };
  if (i === chosen) parts.push(svg("rect", { class: "chosen", x: at, y: 0, width: wide, height: ends.bottom }));
  if (slot.kind === "-") {
    parts.push(svg("rect", { class: "missing-bar", ...box, y: ends.top, height: y(0) - ends.top }));
  } else if (slot.kind) {
    // A measured 0 is a line on the axis; an unknown one has no bar at all.
    const tall = Math.max(y(0) - y(value(slot)), slot.value === 0 ? 1.5 : 0);
    parts.push(svg("rect", { class: "bar bar-" + slot.kind, ...box, y: y(0) - tall, height: tall }));
    if (slot.kind === "S" && box.width > 2 * rem) {
      parts.push(svg("text", { class: "axis", x: at + wide / 2, y: y(0) - tall - 0.3 * rem, "text-anchor": "middle" }, slot.label || ""));
    }
  }
  if (slot.minus && least) parts.push(svg("rect", { class: "bar bar-out", ...box, y: y(0), height: y(-slot.minus) - y(0) }));
  if (slot.peak) {
    const x = at + wide / 2;
    const top = y(value(slot)) - 3;
    parts.push(svg("path", { class: "peak", d: `M${x} ${top}l-4.5-6h9z` }));
  }
  if (slot.tick) {
    const anchor = i === 0 ? "start" : "middle";
    parts.push(svg("text", { class: "axis", x: i === 0 ? at : at + wide / 2, y: height - 0.3 * rem, "text-anchor": anchor }, slot.tick));
  }
  return parts;
}

/** The chart in a sentence, for who does not see it; the table has every value. */
function summary(chart) {
  const known = chart.slots.filter((slot) => typeof slot.value === "number" && slot.kind !== "-" && slot.kind !== "S");
  const missing = chart.slots.filter((slot) => slot.kind === "-").length;
  if (!known.length) return chart.title + ". " + text("chart_empty");
  const top = known.reduce((a, b) => (b.value > a.value ? b : a));
  return chart.title + ". " + text("chart_summary", {
    value: amount(top.value, chart.unit, chart.decimals, chart.scale), name: top.name, missing,
  });
}

/** What the bars' looks mean, as far as they occur. */
function legend(chart) {
  const kinds = ["M", "B", "least", "open", "S", "-"].filter((kind) => chart.slots.some((slot) => slot.kind === kind));
  if (kinds.length < 2 && kinds[0] === "M") return null;
  return el("ul", { class: "legend", "aria-hidden": "true" }, kinds.map((kind) => el("li", {},
    svg("svg", { viewBox: "0 0 14 14" }, svg("rect", {
      class: kind === "-" ? "missing-bar" : "bar bar-" + kind, x: 1, y: 1, width: 12, height: 12,
    })), kindWord(kind))));
}

/** "Vis som tabell": the same values, made when it is opened. */
function tableToggle(chart) {
  const place = el("div", { hidden: true });
  const button = el("button", { class: "second", type: "button", "aria-expanded": "false", click: () => {
    const open = place.hidden;
    button.setAttribute("aria-expanded", String(open));
    button.textContent = text(open ? "table_hide" : "table_show");
    place.replaceChildren(...(open ? [slotTable(chart)] : []));
    show(place, open);
  } }, text("table_show"));
  return el("div", { class: "as-table" }, button, place);
}

function slotTable(chart) {
  const out = chart.slots.some((slot) => slot.minus);
  const cell = (value) => el("td", { class: "figure-cell" }, ...valueOf(number(value, chart.decimals, chart.scale)));
  const rows = chart.slots.filter((slot) => slot.kind).map((slot) => el("tr", {},
    el("th", { scope: "row" }, slot.name),
    cell(slot.kind === "-" || slot.value === undefined ? null : slot.value),
    out ? cell(slot.kind === "-" || slot.minus === undefined ? null : slot.minus) : null,
    el("td", {}, slot.words || kindWord(slot.kind))));
  return table(chart.title, [chart.column, chart.unit, out ? text("export") + " " + chart.unit : null, text("quality")], rows);
}
