"use strict";
// Numbers and times as domain.md 6 wants them. Not Intl: its output differs between phones.

const NBSP = "\u00a0";
const MINUS = "\u2212";
const DASH = "\u2013";
const HOUR_S = 3600;
const DAY_MS = 86400000;

/**
 * A number with a fixed count of decimals, or null when it is unknown.
 * @param {?number} value  in the unit of the source (W, Wh, A)
 * @param {number} decimals
 * @param {number} divisor  1000 from W to kW
 */
function number(value, decimals, divisor = 1) {
  if (typeof value !== "number" || !Number.isFinite(value)) return null;
  // 15 digits first: 1.005 is stored as 1.00499999999999989 and means 1.005.
  const scaled = Number(((Math.abs(value) * 10 ** decimals) / divisor).toPrecision(15));
  const digits = String(Math.round(scaled)).padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals).replace(/\B(?=(\d{3})+$)/g, NBSP);
  const sign = value < 0 && Number(digits) > 0 ? MINUS : "";
  return sign + whole + (decimals ? text("decimal_mark") + digits.slice(-decimals) : "");
}

const kilo = (value, decimals = 2) => number(value, decimals, 1000);

/** "1,87 kWh" for running text, where unknown is a word: the dash of a table would be read out. */
function amount(value, unit, decimals = 2, divisor = 1000) {
  const shown = number(value, decimals, divisor);
  return shown === null ? text("unknown") : shown + NBSP + unit;
}

/** "3 s", rounded down; what is older than two minutes is told as a time of day instead. */
function seconds(age) {
  return Math.max(0, Math.floor(age)) + NBSP + "s";
}

const two = (n) => String(n).padStart(2, "0");

// The meter stands in Norway, whatever the phone's own zone is.
const OSLO = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Europe/Oslo", hourCycle: "h23",
  year: "numeric", month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit",
});

/** Norwegian local time: {year, month, day, hour, minute} as texts. */
function oslo(unixMs) {
  const parts = {};
  for (const part of OSLO.formatToParts(unixMs)) parts[part.type] = part.value;
  return parts;
}

/** The local day, as days since 1970-01-01, that a moment is in. */
function dayOf(unixMs) {
  const at = oslo(unixMs);
  return Date.UTC(at.year, at.month - 1, at.day) / DAY_MS;
}

/** {year, month (1..12), day, weekday (0 Sunday)} of a day number. */
function civil(day) {
  const date = new Date(day * DAY_MS);
  return {
    year: date.getUTCFullYear(), month: date.getUTCMonth() + 1,
    day: date.getUTCDate(), weekday: date.getUTCDay(),
  };
}

const dayNumber = (year, month, day) => Date.UTC(year, month - 1, day) / DAY_MS;

/** One of a text with columns: pick("months", 0) is "jan.". */
const pick = (key, i) => text(key).split("|")[i];

/** "24. nov."; `long`: with the weekday and the year. */
function dateText(day, long) {
  const at = civil(day);
  const date = text("date", { day: at.day, month: pick("months", at.month - 1) });
  return long ? text("date_long", { weekday: pick("weekdays", at.weekday), date, year: at.year }) : date;
}

/** "november 2026" */
const monthText = (year, month) => pick("months_long", month - 1) + " " + year;

/** "kl. 14:05" (key "time": "14:05"), with the date when it is not the same day as `nowMs`. */
function when(unixMs, nowMs, key = "clock") {
  const then = oslo(unixMs);
  const time = then.hour + ":" + then.minute;
  const day = dayOf(unixMs);
  if (day === dayOf(nowMs)) return text(key, { time });
  const date = dateText(day) + (then.year === oslo(nowMs).year ? "" : " " + then.year);
  return text("clock_day", { time, date });
}

/** "24.11.2026 kl. 14:05": a moment in full, for what is kept or printed. */
function moment(unixS) {
  if (typeof unixS !== "number") return text("unknown");
  const at = oslo(unixS * 1000);
  const date = text("date_full", { day: at.day, month: at.month, name: pick("months", at.month - 1), year: at.year });
  return text("clock_day", { time: at.hour + ":" + at.minute, date });
}

/**
 * "13–14" for the clock hour that starts at unix second `start`; the day's last is "23–24". The
 * hour that October has twice says which of the two it is.
 */
function hours(start) {
  const hour = (s) => Number(oslo(s * 1000).hour);
  const own = hour(start);
  const key = own === hour(start + HOUR_S) ? "summer_time" : own === hour(start - HOUR_S) ? "winter_time" : null;
  return two(own) + DASH + two(own + 1) + (key ? " (" + text(key) + ")" : "");
}

/** "2026-12-31" of the API -> "31.12.2026". */
function dateOf(iso) {
  const [year, month, day] = String(iso).split("-").map(Number);
  if (!day) return text("unknown");
  return text("date_full", { day, month, name: pick("months", month - 1), year });
}

/** A day number -> "2026-12-31". */
function isoDay(day) {
  const at = civil(day);
  return at.year + "-" + two(at.month) + "-" + two(at.day);
}

/** "2026-12-31" -> its day number. */
const dayFrom = (iso) => dayNumber(...iso.split("-").map(Number));
