"use strict";
// What a reading means: pure functions of the object that /api/v1/now sends.

const MAKERS = [[/^kamstrup/i, "Kamstrup"], [/^aidon/i, "Aidon"], [/^kfm/i, "Kaifa"]];
const NETS = ["1p", "it", "tn"];

/** 1 single-phase, 2 IT or TT (three-wire), 3 TN (four-wire), 0 not known. The level cannot tell. */
const netOf = (now) => NETS.indexOf(now.net) + 1;

function makerOf(now) {
  const found = MAKERS.find(([pattern]) => pattern.test(now.list_id || ""));
  return found ? found[1] : null;
}

/** Power through the meter in W, out to the grid as a negative number; null when unknown. */
function powerOf(now) {
  if (now.export_w > 0 && !(now.import_w > 0)) return -now.export_w;
  return typeof now.import_w === "number" ? now.import_w : null;
}

/**
 * The cells to show in two rows: each {label, value, unit, quiet, missing}.
 * quiet: the label stands in the row above already; missing: the meter never measures this.
 */
function phasesOf(now) {
  const net = netOf(now);
  const never = now.unmeasured || [];
  const sent = (n, unit) => typeof now["l" + n + "_" + unit] === "number";
  const value = (n, unit) => (sent(n, unit) ? now["l" + n + "_" + unit] : null);
  if (net === 1) {
    return [[
      { label: text("current"), value: value(1, "a"), unit: "A" },
      { label: text("voltage"), value: value(1, "v"), unit: "V" },
    ], []];
  }
  const shown = [1, 2, 3].filter((n) => net || sent(n, "a") || sent(n, "v"));
  const row = (unit, label) => shown.map((n) => ({
    label: label(n), unit, value: value(n, unit.toLowerCase()),
    quiet: unit === "V" && net === 3,
    missing: never.includes("l" + n + "_" + unit.toLowerCase()),
  }));
  return [row("A", (n) => "L" + n), row("V", (n) => voltageName(net, n))];
}

/** What voltage `n` is measured between: "L1–L3" on IT, "L2" (to neutral) on TN, else "U2". */
function voltageName(net, n) {
  if (net === 1) return text("voltage");
  return net === 2 ? ["L1\u2013L2", "L1\u2013L3", "L2\u2013L3"][n - 1] : (net === 3 ? "L" : "U") + n;
}

/** "2–5 kW", or of a tariff by fuse "25–32 A"; the last step has no end: "over 25 kW". */
function stepText(step) {
  const unit = NBSP + (step.by_fuse ? "A" : "kW");
  const plain = (n) => number(n, !step.by_fuse && n % 1000 ? 1 : 0, step.by_fuse ? 1 : 1000);
  if (typeof step.from_w !== "number") return null;
  if (typeof step.to_w !== "number") return text("step_last", { from: plain(step.from_w) + unit });
  // Unbroken at the dash
  return plain(step.from_w) + DASH + "\u2060" + plain(step.to_w) + unit;
}
