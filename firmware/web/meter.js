"use strict";
// What a reading means: pure functions of the object that /api/v1/now sends.

/**
 * The measuring system that the meter's type says: 1 single-phase, 2 IT or TT (three-wire),
 * 3 TN (four-wire), null when the type does not say. The level cannot tell: all read 230 V.
 * Kamstrup OMNIPOWER type number, 6th character (technical description 5512-1235, 5.2).
 */
function netOf(now) {
  const type = /^68[456]\d\d([123])[0-9A-Z]{12}$/.exec(now.meter_model || "");
  return type ? Number(type[1]) : null;
}

const MAKERS = [[/^kamstrup/i, "Kamstrup"], [/^aidon/i, "Aidon"], [/^kfm/i, "Kaifa"]];

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
 * quiet: the label stands in the row above already; missing: the meter's type says that it never
 * measures this.
 */
function phasesOf(now) {
  const net = netOf(now);
  const sent = (n, unit) => typeof now["l" + n + "_" + unit] === "number";
  const value = (n, unit) => (sent(n, unit) ? now["l" + n + "_" + unit] : null);
  if (net === 1) {
    return [[
      { label: text("current"), value: value(1, "a"), unit: "A" },
      { label: text("voltage"), value: value(1, "v"), unit: "V" },
    ], []];
  }
  const shown = [1, 2, 3].filter((n) => net || sent(n, "a") || sent(n, "v"));
  // An IT meter has no transformer on L2: what it may send there is 0, and means nothing.
  const unmeasuredCurrent = (n) => net === 2 && n === 2 && !(value(2, "a") > 0);
  // Kaifa's IT meter sends U2 = 0 although all three voltages are there.
  const unmeasuredVoltage = (n) =>
    n === 2 && /^MA304H3E/.test(now.meter_model || "") && !(value(2, "v") > 0);
  const pairs = ["L1\u2013L2", "L1\u2013L3", "L2\u2013L3"];
  const voltageLabel = (n) => (net === 2 ? pairs[n - 1] : net === 3 ? "L" + n : "U" + n);
  return [
    shown.map((n) => ({
      label: "L" + n, value: value(n, "a"), unit: "A", missing: unmeasuredCurrent(n),
    })),
    shown.map((n) => ({
      label: voltageLabel(n), quiet: net === 3,
      value: value(n, "v"), unit: "V", missing: unmeasuredVoltage(n),
    })),
  ];
}

/** True when the meter is alive and nothing flows: P, Q and every current 0, a voltage present. */
function isIdle(now) {
  const zero = (name) => now[name] === undefined || now[name] === 0;
  const currents = [now.l1_a, now.l2_a, now.l3_a].filter((a) => typeof a === "number");
  const voltages = [now.l1_v, now.l2_v, now.l3_v].filter((v) => typeof v === "number");
  return now.import_w === 0 && zero("export_w") && zero("import_var") && zero("export_var") &&
    currents.length > 0 && currents.every((a) => a === 0) && voltages.some((v) => v >= 160);
}
