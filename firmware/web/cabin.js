"use strict";
// Hytte: leaving, coming back, the reports of what happened meanwhile, standby load, frost guard.

function openCabin(place, live, root) {
  const view = el("div", { class: "stack" });
  let away = null;
  let settings = null;
  let leaving = null; // the wizard, while it is open
  let rev = null;

  async function fetchAll() {
    rev = live.now && live.now.rev;
    await askSession();
    away = await dongle("away");
    if (isOwner()) settings = await dongle("settings");
    if (root.contains(view)) draw();
  }

  /** An answer of /away is the new state. */
  function took(answer) {
    away = answer;
    leaving = null;
    draw();
    live.ask();
  }

  const tell = (words, body, kind) => action(words, () => dongle("away", body), took, kind);

  function draw() {
    const good = away && went(away);
    const reports = (seen) => away.reports.filter((report) => Boolean(report.seen) === seen)
      .map((report) => reportCard(report, live, tell));
    view.replaceChildren(
      el("h2", { class: "page-title" }, text("nav_cabin")),
      ...(good ? [
        leaving ? leaving.card : "", ...reports(false),
        leaving ? "" : stateCard(away, live, tell, leave),
        standbyCard(live), frostCard(away.frost || {}, settings, live, fetchAll), backCard(), ...reports(true),
      ] : [el("section", { class: "card" }, awaited(away, fetchAll))]));
  }

  function leave() {
    leaving = leaveWizard(live, took, () => {
      leaving = null;
      draw();
    }, settings);
    draw();
    leaving.card.querySelector("h3").focus();
  }

  root.replaceChildren(view);
  draw();
  fetchAll();
  return {
    draw() {
      leaving = null;
      draw();
    },
    changed() {
      if (live.now && live.now.rev !== rev && away && !leaving) fetchAll();
    },
  };
}

/** What the dongle believes: away, disconnected, or neither; and what the owner can say. */
function stateCard(away, live, tell, leave) {
  const now = live.now || {};
  const parts = [];
  if (away.plan) parts.push(...planParts(away.plan, tell));
  const off = away.cut_off;
  if (off) {
    parts.push(el("h3", {}, text("cut_off_title", { when: moment(off.since) })),
      paragraph(text("register_was", { register: amount(off.register_wh, "kWh") })),
      paragraph(text("idle_text"), "calm"));
    if (isOwner()) parts.push(tell(text("reconnected"), { do: "reconnected" }));
  } else if (now.presence === "zero") {
    parts.push(el("h3", {}, text("idle_title")), paragraph(text("idle_text")), paragraph(text("zero_ask"), "calm"));
    if (isOwner()) parts.push(tell(text("have_cut"), { do: "cut_off" }));
  }
  if (!away.plan) {
    parts.push(el("h3", {}, text("leave_title")), paragraph(text("leave_lead")));
    if (isOwner()) parts.push(el("button", { class: "main", type: "button", click: leave }, text("leave_begin")));
  }
  return el("section", { class: "card" }, parts);
}

function planParts(plan, tell) {
  return [
    el("h3", {}, text("plan_title", { when: moment(plan.left_utc) })),
    paragraph(text("plan_" + plan.kind)),
    paragraph(text("register_read", { register: amount(plan.register_wh, "kWh"), when: moment(plan.register_utc) })),
    plan.drained ? paragraph(text("drained")) : null,
    tell(text("am_back"), { do: "back" }, "main"),
  ].filter(Boolean);
}

function standbyCard(live) {
  const standby = (live.now || {}).standby;
  return el("section", { class: "card" }, el("h3", {}, text("standby")),
    standby ? el("p", {}, el("strong", {}, amount(standby.w, "W", 0, 1)), " · ",
      text("standby_month", { energy: amount(standby.w * 730, "kWh", 0) })) : paragraph(text("standby_none"), "calm"),
    paragraph(text("standby_help"), "calm"));
}

/** Opt-in. What it says and where it says it must be plain: it cannot send a message. */
function frostCard(frost, settings, live, again) {
  const parts = [el("h3", {}, text("frost_title"))];
  if (frost.alert) {
    parts.push(el("div", { class: "notice", "data-kind": "bad" }, el("p", {}, el("strong", {}, text("warn_frost_" + frost.alert)),
      " ", typeof frost.since === "number" ? text("since", { when: moment(frost.since) }) : "")));
  }
  parts.push(paragraph(text("frost_text")), paragraph(text("frost_limits"), "calm"));
  if (frost.on && frost.band_w) {
    parts.push(paragraph(text("frost_band", { low: number(frost.band_w[0], 0), high: amount(frost.band_w[1], "W", 0, 1) })));
  } else if (frost.on) {
    parts.push(paragraph(text("frost_learning"), "calm"));
  }
  if (isOwner() && settings && went(settings)) {
    const on = Boolean(settings.frost);
    parts.push(action(text(on ? "frost_stop" : "frost_start"), () => dongle("settings", { set: { frost: !on } }), again));
  }
  return el("section", { class: "card" }, parts);
}

const backCard = () => el("section", { class: "card" }, el("h3", {}, text("back_title")),
  bullets([text("back_blinking"), text("back_steady"), text("back_wait")]),
  el("p", {}, el("a", { class: "plain-link", href: "#help/reconnect" }, text("back_more"))));
