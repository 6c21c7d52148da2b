"use strict";
// Numbers and times as domain.md 6 wants them. Not Intl: its output differs between phones.

const NBSP = "\u00a0";
const MINUS = "\u2212";

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

const kilo = (value) => number(value, 2, 1000);

/** "3 s", rounded down; what is older than two minutes is told as a time of day instead. */
function seconds(age) {
  return Math.max(0, Math.floor(age)) + NBSP + "s";
}

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

/** "kl. 14:05" (key "time": "14:05"), with the date when it is not the same day as `nowMs`. */
function when(unixMs, nowMs, key = "clock") {
  const then = oslo(unixMs);
  const today = oslo(nowMs);
  const time = then.hour + ":" + then.minute;
  if (then.day === today.day && then.month === today.month && then.year === today.year) {
    return text(key, { time });
  }
  const month = text("months").split("|")[then.month - 1];
  return text("clock_day", { time, date: text("date", { day: then.day, month }) });
}

/** "13–14" for the clock hour that starts at unix second `start`; the day's last is "23–24". */
function hours(start) {
  const hour = Number(oslo(start * 1000).hour);
  const two = (n) => String(n).padStart(2, "0");
  return two(hour) + "\u2013" + two(hour + 1);
}
