"use strict";
// Innstillinger: phones, guests and scripts; the password; the security log; the network; data.

/** A password field with a box that shows it; what is typed stays on this phone. */
function passwordField(key = "password", kind = "current-password") {
  const input = el("input", { type: "password", autocomplete: kind, maxlength: 200 });
  const label = el("div", {}, el("label", { class: "field" }, el("span", {}, text(key)), input),
    tick(text("show_password"), false, (on) => { input.type = on ? "text" : "password"; }));
  return { label, value: () => input.value, clear: () => { input.value = ""; } };
}

/** [the login's nonce and numbers, proof, ClientKey] for a password; or [a bad answer]. */
async function proved(password) {
  await load("scram");
  const login = await dongle("login");
  if (!went(login)) return [login];
  const salted = await pbkdf2(octets(password), fromHex(login.salt), login.iterations);
  return [login, ...prove(login, salted)];
}

/** Stores settings that nobody on the network may read: sealed with what only the owner knows. */
async function sealed(changes, password) {
  for (;;) {
    const [login, proof, key] = await proved(password);
    if (!proof) return login;
    const answer = await dongle("settings", { ...proof, sealed: seal(key, login.nonce, octets(JSON.stringify(changes))) });
    // Somebody logged in meanwhile, and this nonce went with theirs
    if (answer.status !== 409) return answer;
  }
}

function securitySection(s) {
  return [keysTable(s), inviteCard(s), passwordCard(s), logCard(s), outCard()];
}

function keysTable(s) {
  const rows = s.answers.keys.keys.map((key) => el("li", {},
    el("div", {}, el("strong", {}, key.name || text("key_unnamed")), key.this ? " · " + text("this_phone") : "",
      el("small", {}, [text("kind_" + key.kind), text("role_" + key.role),
        key.expires ? text("expires", { when: moment(key.expires) }) : key.used ? text("last_used", { date: dateText(dayOf(key.used * 1000)) }) : ""].filter(Boolean).join(" · "))),
    key.this ? "" : action(text("remove"), () => dongle("keys/" + key.id, null, "DELETE"), () => s.again())));
  const draft = {};
  return titled(text("phones_title"), el("ul", { class: "log entries" }, rows),
    action(text("remove_others"), () => dongle("keys", null, "DELETE"), () => s.again(text("removed")), "danger"),
    selection(text("idle_ask"), [[30, text("days", { n: 30 })], [90, text("days", { n: 90 })], [365, text("days", { n: 365 })], [0, text("never")]],
      s.answers.settings.idle_days, (value) => { draft.idle_days = Number(value); }), saveButton(s, draft));
}

/** A guest's link, or a token for a script: shown this once, since only a hash of it is kept. */
function inviteCard(s) {
  const shown = el("div", { role: "status" });
  let hoursOpen = 48;
  let role = "viewer";
  const name = el("input", { maxlength: 22, autocomplete: "off" });
  const give = (body, make) => async () => {
    shown.replaceChildren();
    const answer = await dongle("keys", { name: name.value.trim(), ...body() });
    if (went(answer)) shown.append(paragraph(text("once"), "calm"), el("p", { class: "code", tabindex: "0" }, make(answer.token)));
    return answer;
  };
  return titled(text("invite_title"), paragraph(text("invite_text"), "calm"),
    el("label", { class: "field" }, el("span", {}, text("invite_name")), name),
    selection(text("invite_time"), [[24, text("hours_n", { n: 24 })], [48, text("hours_n", { n: 48 })], [168, text("days", { n: 7 })], [720, text("days", { n: 30 })]], hoursOpen, (value) => { hoursOpen = Number(value); }),
    action(text("invite_make"), give(() => ({ kind: "link", hours: hoursOpen }), (token) => location.origin + "/login#guest=" + token), () => ""),
    el("details", {}, el("summary", {}, text("token_title")), paragraph(text("token_text"), "calm"),
      selection(text("token_role"), [["viewer", text("role_viewer")], ["owner", text("role_owner")]], role, (value) => { role = value; }),
      action(text("token_make"), give(() => ({ kind: "token", role }), (token) => token), () => "")),
    shown);
}

function passwordCard() {
  const old = passwordField("password_old");
  const fresh = passwordField("password_new", "new-password");
  return el("details", { class: "card" }, el("summary", {}, el("h3", {}, text("password_title"))),
    paragraph(text("password_text"), "calm"), old.label, fresh.label,
    action(text("password_save"), async () => {
      const [login, proof, key] = await proved(old.value());
      if (!proof) return login;
      const [change] = await sealPassword(fresh.value(), login.iterations, key, login.nonce);
      return dongle("password", { ...proof, ...change });
    }, () => {
      location.href = "/login";
      return text("password_changed");
    }, "main"));
}

function logCard(s) {
  const { entries, seen } = s.answers.security;
  const fresh = entries.filter((entry) => entry.notice && entry.id > seen);
  const item = (entry) => el("li", {}, el("time", {}, entry.time ? moment(entry.time) : text("time_unknown")),
    fresh.includes(entry) ? el("strong", {}, text("new") + " ") : "",
    text("log_" + entry.event, { name: entry.name || text("key_unnamed"), count: entry.figure }),
    entry.address ? el("small", {}, entry.address) : "");
  return titled(text("log_title"),
    fresh.length ? action(text("log_seen", { count: fresh.length }), () => dongle("security", { seen: entries[0].id }), () => {
      s.live.ask();
      return s.again();
    }) : "",
    entries.length ? el("ul", { class: "log" }, entries.slice(0, 20).map(item)) : paragraph(text("log_empty"), "calm"),
    entries.length > 20 ? el("details", {}, el("summary", {}, text("log_more", { count: entries.length - 20 })), el("ul", { class: "log" }, entries.slice(20).map(item))) : "");
}

const outCard = () => card(paragraph(text("logout_text")),
  action(text("logout"), () => dongle("session", null, "DELETE"), () => {
    location.href = "/login";
    return "";
  }));

function networkSection(s) {
  const now = s.answers.settings;
  const draft = {};
  const ssid = el("input", { value: now.wifi_ssid, maxlength: 32, autocomplete: "off", autocapitalize: "off" });
  const key = passwordField("wifi_key", "off");
  const password = passwordField();
  return [
    titled(text("address_title"), paragraph(text("address_is", { address: location.host })),
      field(text("hostname_ask"), { value: now.hostname, maxlength: 32, autocapitalize: "off", placeholder: "han", input: (event) => { draft.hostname = event.target.value.trim(); } }, text("hostname_note")),
      saveButton(s, draft)),
    titled("Wi-Fi", paragraph(text("wifi_text"), "calm"),
      el("label", { class: "field" }, el("span", {}, text("wifi_ssid")), ssid), key.label, password.label,
      action(text("wifi_save"), () => {
        const changes = { wifi_ssid: ssid.value };
        if (key.value()) changes.wifi_key = key.value();
        return sealed(changes, password.value());
      }, () => text("wifi_saved"), "danger")),
    "mqtt" in now ? mqttCard(now) : "",
  ];
}

/** Off unless chosen: with it the dongle sends values to a server of the owner's. */
function mqttCard(now) {
  const server = el("input", { value: now.mqtt, maxlength: 120, autocomplete: "off", autocapitalize: "off", spellcheck: "false", placeholder: "mqtt://" });
  const secret = passwordField("mqtt_password", "off");
  const password = passwordField();
  return titled("MQTT", paragraph(text("mqtt_text"), "calm"),
    el("label", { class: "field" }, el("span", {}, text("mqtt_server")), server, el("small", {}, text("mqtt_note"))), secret.label, password.label,
    action(text("mqtt_save"), () => {
      const changes = { mqtt: server.value.trim() };
      if (secret.value()) changes.mqtt_password = secret.value();
      return sealed(changes, password.value());
    }, () => text(server.value.trim() ? "mqtt_saved" : "mqtt_off"), "main"));
}

function dataSection(s) {
  const now = s.answers.settings;
  const draft = {};
  const wordField = (word) => el("input", { autocomplete: "off", autocapitalize: "characters", "aria-label": text("type_word", { word }) });
  const erase = wordField(text("word_erase"));
  const reset = wordField(text("word_reset"));
  const password = passwordField();
  const typed = (input, word, act) => () => {
    if (input.value.trim().toUpperCase() === word) return act();
    input.focus();
    return { status: 400, error: "word" };
  };
  return [
    titled(text("keep_title"), selection(text("keep_ask"), [[1, text("months_n", { n: 1 })], [13, text("months_n", { n: 13 })], [36, text("months_n", { n: 36 })]], now.hour_months, (value) => { draft.hour_months = Number(value); }, text("keep_note")),
      saveButton(s, draft)),
    titled(text("export_title"), paragraph(text("export_text"), "calm"), el("ul", { class: "links" },
      [["hours.csv", "file_hours"], ["days.csv", "file_days"], ["peaks.csv", "file_peaks"], ["events.csv", "file_events"], ["away.csv", "file_away"], ["export", "file_all"]].map(([path, words]) =>
        el("li", {}, el("a", { class: "plain-link", href: "/api/v1/" + path, download: true }, text(words)))))),
    titled(text("erase_title"), bullets([text("erase_lost"), text("erase_kept"), text("export_first")]),
      s.answers.erase.running ? paragraph(text("erase_running")) : "",
      el("label", { class: "field" }, el("span", {}, text("type_word", { word: text("word_erase") })), erase),
      action(text("erase"), typed(erase, text("word_erase"), () => dongle("erase", { what: "history", word: text("word_erase") })), () => text("erase_begun"), "danger")),
    titled(text("reset_title"), bullets([text("reset_lost"), text("reset_then"), text("export_first")]),
      el("label", { class: "field" }, el("span", {}, text("type_word", { word: text("word_reset") })), reset), password.label,
      action(text("reset"), typed(reset, text("word_reset"), async () => {
        const [login, proof] = await proved(password.value());
        return proof ? dongle("erase", { what: "all", word: text("word_reset"), ...proof }) : login;
      }), () => text("reset_begun"), "danger")),
  ];
}
