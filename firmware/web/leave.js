"use strict";
// "Jeg reiser fra hytta", in three steps. The way with the meter's own switch keeps the meter
// alive, so that nothing has to be estimated.

function leaveWizard(live, took, cancel, settings) {
  const card = el("section", { class: "card" });
  const plan = { kind: null, drained: undefined };
  let step = 1;

  function go(next) {
    step = next;
    draw();
    card.querySelector("h3").focus();
  }

  function draw() {
    const parts = { 1: chooseKind, 2: plan.kind === "switched_off" ? switchOff : heatOn, 3: confirm }[step]();
    card.replaceChildren(
      el("h3", { tabindex: "-1" }, text("leave_title") + " (" + step + "/3)"), ...parts.filter(Boolean),
      el("div", { class: "buttons" },
        el("button", { class: "second", type: "button", click: () => (step === 1 ? cancel() : go(step - 1)) }, text(step === 1 ? "cancel" : "back")),
        step < 3 ? el("button", { class: "main", type: "button", disabled: step === 1 && !plan.kind, click: () => go(step + 1) }, text("next")) : null));
  }

  const chooseKind = () => [
    choice(text("leave_how"), "kind", [
      ["switched_off", text("leave_off"), text("leave_off_note")],
      ["heat_left_on", text("leave_heat"), text("leave_heat_note")],
    ], plan.kind, (kind) => {
      plan.kind = kind;
      draw();
      card.querySelector(`[value="${kind}"]`).focus();
    }),
  ];

  const switchOff = () => [
    choice(text("drained_ask"), "drained", [[true, text("yes")], [false, text("no")], [null, text("no_water")]],
      plan.drained, (value) => { plan.drained = value; }),
    paragraph(text("frost_damage"), "calm"),
    el("h4", {}, text("off_title")),
    bullets(["off_1", "off_2", "off_3"].map((key) => text(key)), "ol"),
    bullets(["off_not_fuse", "off_not_safe", "off_router", "off_later"].map((key) => text(key))),
  ];

  const heatOn = () => [
    bullets(["heat_1", "heat_2", "heat_3"].map((key) => text(key))),
    settings && went(settings) && !settings.frost
      ? action(text("frost_start"), () => dongle("settings", { set: { frost: true } }), () => {
        settings.frost = true;
        return text("frost_started");
      }) : null,
  ];

  function confirm() {
    const now = live.now || {};
    const age = now.registers_age_s;
    const read = typeof age === "number" ? text("read_at", { when: moment(live.utc() - age) }) : text("register_wait");
    return [
      el("dl", { class: "rows" }, row(text("register"), valueOf(kilo(now.import_wh), "kWh"), read)),
      paragraph(text("photo_tip")),
      paragraph(text(plan.kind === "switched_off" ? "after_off" : "after_heat"), "calm"),
      action(text("leave_save"), () => dongle("away", { do: "leave", kind: plan.kind, drained: plan.kind === "switched_off" && plan.drained !== undefined ? plan.drained : null }), took, "main"),
    ];
  }

  draw();
  return { card };
}
