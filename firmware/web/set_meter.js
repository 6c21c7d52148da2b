"use strict";
// Innstillinger: the meter, its keys and scales; the diagnosis; the consent to read it.

function meterSection(s) {
  const now = s.answers.settings;
  const line = s.answers.line;
  const draft = {};
  const scale = (key, values, unit) => selection(text("scale_" + key),
    [["", text("scale_auto")], ...values.map((value) => [value, text("scale_step", { step: number(value, value < 1000 && unit.divisor > 1 ? unit.decimals : 0, unit.divisor) + NBSP + unit.name })])],
    now[key] === null ? "" : now[key], (value) => { draft[key] = value === "" ? null : Number(value); });
  const suspect = line.scale && line.scale.suspect;
  return [
    keysCard(s),
    titled(text("scales_title"), paragraph(text("scales_text"), "calm"),
      suspect ? el("div", { class: "notice", "data-kind": "warn" }, el("p", {}, el("strong", {}, text("warn_scale_suspect")), " ",
        typeof line.scale.factor === "number" ? text("scale_factor", { factor: number(line.scale.factor, line.scale.factor < 1 ? 2 : 0) }) : "")) : "",
      scale("energy_wh", [1, 10], { name: "Wh", divisor: 1, decimals: 0 }),
      scale("current_ma", [1, 10], { name: "A", divisor: 1000, decimals: 3 }),
      scale("voltage_mv", [10, 1000], { name: "V", divisor: 1000, decimals: 2 }),
      tick(text("latched"), now.latched, (on) => { draft.latched = on; }, text("latched_note")),
      saveButton(s, draft)),
  ];
}

/** Keys are written and never read back: the page only knows whether there are any. */
function keysCard(s) {
  const now = s.answers.settings;
  const state = textOr("encryption_" + s.answers.line.encryption, text("unknown"));
  const has = { autocomplete: "off", spellcheck: "false", autocapitalize: "off", maxlength: 80, class: "code", placeholder: "" };
  const first = el("input", { ...has, id: "key-60" });
  const second = el("input", { ...has, id: "key-61" });
  const labelled = (input, key, stored) => el("label", { class: "field" }, el("span", {}, text(key)), input,
    el("small", {}, text(stored ? "key_stored" : "key_none")));
  const password = passwordField();
  const refuse = tick(text("refuse_plain"), now.refuse_plain, () => {}, text("refuse_plain_note"));
  const error = el("p", { class: "error", role: "alert" });
  return titled(text("keys_title"), paragraph(text("keys_state", { state })), paragraph(text("keys_text"), "calm"),
    labelled(first, "key_60", now.encryption_key), labelled(second, "key_61", now.authentication_key),
    refuse, password.label, error,
    action(text("keys_save"), () => {
      const changes = { refuse_plain: refuse.firstChild.checked };
      error.textContent = "";
      for (const [input, name] of [[first, "encryption_key"], [second, "authentication_key"]]) {
        const digits = input.value.replace(/[\s:-]/g, "");
        if (digits && !/^[0-9a-f]{32}$/i.test(digits)) {
          error.textContent = text("key_wrong_length", { name: text(input === first ? "key_60" : "key_61"), count: digits.length });
          input.focus();
          return null;
        }
        if (digits) changes[name] = digits;
      }
      return sealed(changes, password.value());
    }, () => s.again(text("saved")), "main"),
    now.encryption_key ? action(text("keys_remove"), () => sealed({ encryption_key: "", authentication_key: "", refuse_plain: false }, password.value()),
      () => s.again(text("saved")), "danger") : "");
}

/** The HAN doctor: what ails the line, and what the owner can do about it. */
function lineSection(s) {
  const line = s.answers.line;
  const setting = line.setting || {};
  const counters = line.counters || {};
  const value = (shown) => [shown === undefined || shown === null ? text("unknown") : shown];
  const parity = setting.parity === "even" ? "8E1" : "8N1";
  return [
    el("section", { class: "notice", "data-kind": line.verdict === "ok" ? "calm" : line.verdict === "waiting" || line.verdict === "searching" ? "warn" : "bad" },
      el("h3", {}, textOr("line_" + line.verdict, line.verdict)), paragraph(textOr("do_" + line.verdict, ""))),
    titled(text("line_title"), el("dl", { class: "rows plain-rows" },
      row(text("line_setting"), value(setting.baud && number(setting.baud, 0) + NBSP + "Bd " + parity + (setting.inverted ? " · " + text("inverted") : "")),
        text(setting.locked ? "line_locked" : line.searching ? "line_searches" : "line_found")),
      row(text("line_damaged"), value(typeof line.damaged_percent === "number" ? number(line.damaged_percent, 0) + NBSP + "%" : null), text("five_minutes")),
      row(text("line_encryption"), value(textOr("encryption_" + line.encryption, null)), ""),
      line.bus === undefined ? "" : row(text("line_bus"), value(text(line.bus ? "yes" : "no")), "")),
    s.owner && typeof setting.line === "number" ? action(text(setting.locked ? "line_unlock" : "line_lock"),
      () => dongle("settings", { set: setting.locked ? { line_locked: false } : { line: setting.line, line_locked: true } }), () => s.again()) : "",
    paragraph(text("line_lock_note"), "calm")),
    dongleCard(s.answers.diagnosis || {}),
    el("details", { class: "card" }, el("summary", {}, el("h3", {}, text("counters"))),
      table(text("counters"), [text("counter"), text("count")], Object.entries(counters).map(([name, count]) =>
        el("tr", {}, el("th", { scope: "row" }, textOr("counter_" + name, name)), el("td", {}, number(count, 0)))))),
    titled(text("raw_title"), paragraph(text("raw_text"), "calm"),
      el("a", { class: "second", href: "/api/v1/line/raw", download: "han.txt" }, text("raw_get"))),
    el("div", {}, el("button", { class: "second", type: "button", click: () => s.again() }, text("look_again"))),
  ];
}

/** How the dongle itself is. What it does not tell, or an older one cannot, is a dash. */
function dongleCard(found) {
  const { heap = {}, flash = {}, starts = {}, wifi = {}, door = {}, mqtt } = found;
  const known = (value, words) => (value === undefined || value === null ? unknown() : [words]);
  const bytes = (n) => number(n, 0, 1024) + NBSP + "KB";
  const signal = wifi.connected === false ? text("no") : wifi.rssi === undefined ? undefined : number(wifi.rssi, 0) + NBSP + "dBm";
  const hoursUp = Math.floor(found.up_s / 3600);
  return titled(text("dongle_title"), el("dl", { class: "rows plain-rows" },
    row(text("dongle_version"), known(found.version, found.version + ", MicroPython " + found.micropython)),
    row(text("dongle_up"), known(found.up_s, text("up_for", { days: Math.floor(hoursUp / 24), hours: hoursUp % 24 }))),
    row(text("dongle_wifi"), known(signal, signal), wifi.drops ? text("dongle_drops", { count: wifi.drops }) : ""),
    row(text("dongle_address"), known(wifi.address, wifi.address)),
    row(text("dongle_heap"), known(heap.free, bytes(heap.free))),
    row(text("dongle_flash"), known(flash.free, bytes(flash.free))),
    row(text("dongle_deaths"), known(starts.deaths, number(starts.deaths, 0)), starts.last_words || ""),
    row(text("dongle_door"), known(door.open, number(door.open, 0)), door.refused ? text("dongle_refused", { count: number(door.refused, 0) }) : ""),
    mqtt ? row("MQTT", [text(mqtt.connected ? "mqtt_on" : "mqtt_waits")], mqtt.error || "") : null),
  went(found) ? el("a", { class: "second", href: "/api/v1/diagnosis/log", download: "han-log.txt" }, text("dongle_log")) : "");
}

function consentSection(s) {
  const consent = s.answers.consent;
  const post = (words, body, kind) => action(words, () => dongle("consent", body), () => {
    s.live.ask();
    return s.again();
  }, kind);
  const parts = [el("h3", {}, text("consent_" + consent.state))];
  if (typeof consent.given_at === "number") parts.push(paragraph(text("consent_when", { when: moment(consent.given_at) })));
  if (consent.state === "given") {
    parts.push(paragraph(text("secured_" + consent.secured)),
      ["plain", null].includes(consent.secured) ? post(text("now_secured"), { answer: "secured" }) : "",
      el("h4", {}, text("stop_title")), paragraph(text("stop_text")),
      post(text("stop"), { answer: "withdraw" }, "danger"));
  } else if (consent.state === "moved") {
    parts.push(paragraph(text("moved_text")), post(text("moved_same"), { answer: "same" }),
      el("p", {}, el("a", { class: "plain-link", href: "#settings/data" }, text("moved_erase"))));
  } else {
    if (consent.state === "withdrawn") {
      parts.push(paragraph(text("withdrawn_text")), el("p", {}, el("a", { class: "plain-link", href: "#settings/data" }, text("moved_erase"))),
        el("p", {}, el("a", { class: "plain-link", href: "#help/withdraw" }, text("withdraw_more"))));
    }
    let secured = consent.secured === "encrypted" ? "encrypted" : "owner";
    parts.push(paragraph(text("consent_text")),
      choice(text("secured_ask"), "secured", [["owner", text("secured_by_owner")], ["encrypted", text("secured_by_keys")]], secured, (value) => { secured = value; }),
      action(text("consent_give"), () => dongle("consent", { answer: "give", secured, version: consent.version || 1 }), () => s.again(), "main"));
  }
  return [card(...parts)];
}
