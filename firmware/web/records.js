"use strict";
// What /hours, /days, /months and /peaks say, as the slots of a bar chart.

addTexts(__STRINGS__);

/**
 * A day's hours: 23, 24 or 25 slots. A missing hour has no record; a record of several hours is
 * one block, or as many measured zeros.
 * @param {number} utc  now; @param {?object} running  /now's hour
 */
function hourSlots(answer, utc, running) {
  const records = {};
  for (const record of answer.hours) records[record.start] = record;
  const slots = [];
  for (let start = answer.start; start < answer.end;) {
    // A block may have begun on the day before.
    const record = records[start] || (slots.length ? null : answer.hours.find((one) =>
      one.start < start && one.start + one.span * HOUR_S > start));
    const until = record ? record.start + record.span * HOUR_S : start + HOUR_S;
    const span = (Math.min(until, answer.end) - start) / HOUR_S;
    if (record && record.quality === "S") {
      slots.push({ ...recordSlot(record, start, span), whole: span === record.span });
    } else {
      for (let i = 0; i < span; i++) {
        slots.push(record ? recordSlot(record, start + i * HOUR_S, 1) : emptySlot(start, utc, running));
      }
    }
    start += span * HOUR_S;
  }
  return slots;
}

function recordSlot(record, start, span) {
  const block = record.quality === "S";
  const last = start + (span - 1) * HOUR_S;
  const name = text("hour_name", { hours: span > 1 ? hours(start).slice(0, 2) + DASH + hours(last).slice(3, 5) : hours(start) });
  const words = [text("quality_" + record.quality)];
  if (block) words.push(text("block_words", { count: record.span }));
  if ((record.flags || []).includes("clock")) words.push(text("flag_clock"));
  if ((record.flags || []).includes("new_meter")) words.push(text("flag_new_meter"));
  if ((record.flags || []).includes("register_fell")) words.push(text("flag_register_fell"));
  return {
    name, span, kind: record.quality, value: record.import_wh, minus: record.export_wh || undefined,
    label: block ? kilo(record.import_wh) : "", words: words.join(" · "), tick: hourTick(start),
  };
}

function emptySlot(start, utc, running) {
  const slot = { name: text("hour_name", { hours: hours(start) }), tick: hourTick(start), kind: "-" };
  // The list that ends an hour comes within two minutes of the next.
  if (start + HOUR_S + 120 <= utc) return slot;
  const known = running && running.start === start && typeof running.wh === "number";
  return known ? { ...slot, kind: "open", value: running.wh } : { ...slot, kind: "" };
}

const hourTick = (start) => {
  const hour = Number(oslo(start * 1000).hour);
  return hour % 6 ? "" : two(hour);
};

/** A month's days. `today` the local day number of now; `peaks` of /peaks. */
function daySlots(answer, year, month, today, peaks) {
  const known = {};
  for (const row of answer.days) known[row.day] = row;
  const slots = [];
  const last = dayNumber(year, month + 1, 1);
  for (let day = dayNumber(year, month, 1); day < last; day++) {
    const row = known[isoDay(day)];
    const slot = sumSlot(row, day > today);
    slot.name = dateText(day);
    const date = civil(day).day;
    slot.tick = date === 1 || date % 5 === 0 ? String(date) : "";
    if (slot.kind) slot.href = "#history/day/" + isoDay(day);
    const rank = peaks.findIndex((peak) => dayOf(peak.start * 1000) === day);
    if (rank >= 0) {
      slot.peak = rank + 1;
      slot.words = text("peak_of_day", { value: amount(peaks[rank].wh, "kWh"), hours: hours(peaks[rank].start) });
    }
    slots.push(slot);
  }
  return slots;
}

/** A day or month of which a part may be missing: then its sum is "at least". */
function sumSlot(row, coming) {
  if (!row || typeof row.import_wh !== "number") return { kind: coming ? "" : "-" };
  const kind = row.open ? "open" : row.at_least ? "least" : "M";
  const words = [row.open ? text("kind_open") : "", row.at_least ? text("kind_least") : "",
    kind === "M" ? text("quality_M") : "", row.clock ? text("flag_clock") : ""];
  return { kind, value: row.import_wh, minus: row.export_wh || undefined, words: words.filter(Boolean).join(" · ") };
}

/** The thirteen months that end with `month`. */
function monthSlots(answer, year, month) {
  const known = {};
  for (const row of answer.months) known[row.month] = row;
  const slots = [];
  for (let back = 12; back >= 0; back--) {
    const at = civil(dayNumber(year, month - back, 1));
    const iso = at.year + "-" + two(at.month);
    const row = known[iso];
    const slot = sumSlot(row, false);
    slot.name = monthText(at.year, at.month);
    slot.tick = back % 3 === 0 ? pick("months", at.month - 1).slice(0, 3) : "";
    slot.href = "#history/month/" + iso;
    if (row && typeof row.mean_w === "number") {
      slot.words += " · " + text("mean_words", { mean: amount(row.mean_w, "kW") });
    }
    slots.push(slot);
  }
  return slots;
}

/** The sum of the slots: {wh, least}, wh null when nothing is known. */
function sumOf(slots) {
  const known = slots.filter((slot) => typeof slot.value === "number" && slot.whole !== false);
  return {
    wh: known.length ? known.reduce((sum, slot) => sum + slot.value, 0) : null,
    out: slots.reduce((sum, slot) => sum + (slot.minus || 0), 0),
    least: slots.some((slot) => slot.kind === "-" || slot.kind === "least" || slot.whole === false),
  };
}

/** "1 642 kWh", "minst 21,4 kWh". */
function sumWords(sum, decimals) {
  if (sum.wh === null) return [text("unknown")];
  const value = amount(sum.wh, "kWh", decimals);
  const words = [el("strong", {}, (sum.least ? text("at_least") + " " : "") + value)];
  if (sum.out) words.push(" · " + text("export_sum", { value: amount(sum.out, "kWh", decimals) }));
  return words;
}

/** The three highest hours as a table, and where they put the month. */
function peaksPart(answer, caption) {
  const rows = answer.peaks.map((peak, i) => el("tr", {},
    el("th", { scope: "row" }, String(i + 1)),
    el("td", {}, dateText(dayOf(peak.start * 1000))),
    el("td", {}, hours(peak.start)),
    el("td", {}, el("span", { class: "figure-cell" }, amount(peak.wh, "kWh")),
      peak.quality ? el("small", {}, text("quality_" + peak.quality)) : null)));
  const step = answer.step;
  const notes = [];
  if (typeof answer.mean_w === "number") notes.push(text("mean_of_peaks", { count: answer.peaks.length, mean: amount(answer.mean_w, "kW") }));
  if (step) notes.push(text("step_is", { step: stepText(step) }));
  if (answer.preliminary && rows.length) notes.push(text("preliminary"));
  if (answer.at_limit) notes.push(text("at_limit"));
  const money = step && typeof step.kr === "number" ? [text("step_costs", { kr: number(step.kr, 0) })] : [];
  if (step && step.next_kr >= 0 && step.to_next_w >= 0) {
    money.push(text("next_step_costs", { power: amount(step.to_next_w, "kW"), kr: number(step.next_kr, 0) }));
  }
  return [
    rows.length ? table(caption, [text("rank"), text("date_column"), text("hour_column"), text("energy")], rows)
      : el("p", { class: "calm" }, text("peaks_none")),
    notes.length ? el("p", {}, notes.join(" · ")) : null,
    money.length ? el("p", { class: "calm" }, money.join(" ")) : null,
  ];
}
