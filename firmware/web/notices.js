"use strict";
// What takes the trend's place on the first screen: the gravest thing to know right now.

// domain.md 3 and 4: these are the owner's to act on at once; the others are remarks.
const GRAVE = ["neutral_fault", "phase_loss", "fuse_trip", "fuse_overload", "frost_zero", "frost_low"];
// What the line says when nothing comes at all; any other verdict is of something that came.
const SILENT = ["no_signal", "went_silent", "no_bus", "waiting"];
const ENCRYPTED = ["key_missing", "key_wrong", "auth_key_wrong", "refused"];

/**
 * {kind, title, lead, causes, text, link: [address, words]} or null.
 * @param {function} readAt  (key) -> the clock time of the last list, in words
 */
function noticeFor(now, state, ever, readAt) {
  if (state === "lost") {
    return {
      kind: "bad", title: text("lost_title"), text: text("lost_retry"),
      causes: ["lost_wifi", "lost_power", "lost_address"].map((key) => text(key)),
    };
  }
  if (now.consent) {
    return {
      kind: now.consent === "moved" ? "bad" : "warn", title: text("consent_" + now.consent),
      text: text("not_read_" + (now.consent === "moved" ? "moved" : "text")), link: ["#settings/consent", text("consent_open")],
    };
  }
  if (state === "no_signal" || state === "starting") return silenceNotice(now, state, ever, readAt);
  const warnings = now.warnings || [];
  if (warnings.length && GRAVE.includes(warnings[0])) return warningNotice(now, warnings, "bad");
  if (now.away === "report") {
    return { kind: "calm", title: text("away_title"), text: text("away_ready"), link: ["#cabin", text("away_open")] };
  }
  if (now.away === "waiting") {
    const time = typeof now.away_expected === "number" ? now.away_expected * 1000 : null;
    const words = time === null ? text("away_waits") : text("away_waits_until", { when: when(time, Date.now()) });
    return { kind: "calm", title: text("away_title"), text: words, link: ["#cabin", text("away_open")] };
  }
  if (state !== "live") return warnings.length ? warningNotice(now, warnings, "warn") : null;
  if ((now.presence === "zero" || now.presence === "cut_off") && now.profile !== "cabin") {
    return { kind: "calm", title: text("idle_title"), text: text("idle_text") };
  }
  if (now.notices > 0) {
    return { kind: "warn", title: text("security_title"), text: text("security_text"), link: ["#settings/security", text("security_open")] };
  }
  if (warnings.length) return warningNotice(now, warnings, "warn");
  if (now.presence === "near_zero" && now.profile !== "cabin") {
    return { kind: "calm", title: text("cabin_near_zero", { power: number(now.import_w, 0) + NBSP + "W" }), text: text("near_zero_text") };
  }
  return null;
}

/** The state in words: "no signal" would be wrong of a meter that sends what cannot be read. */
const wordsOfState = (now, state) => (state === "no_signal" && now.verdict && !SILENT.includes(now.verdict)
  || state === "starting" && ENCRYPTED.includes(now.verdict) ? "unreadable" : state);

/** No list comes: because it cannot be read, or for one of the causes, likeliest first. */
function silenceNotice(now, state, ever, readAt) {
  if (ENCRYPTED.includes(now.verdict)) {
    return { kind: "bad", title: text("line_" + now.verdict), text: text("do_" + now.verdict), link: ["#settings/meter", text("enter_keys")] };
  }
  if (state === "starting") return null;
  if (now.verdict && !SILENT.includes(now.verdict)) {
    return {
      kind: "bad", title: textOr("line_" + now.verdict, text("no_signal_ever")),
      text: textOr("do_" + now.verdict, ""), link: ["#settings/line", text("line_open")],
    };
  }
  const causes = (now.causes || ["contact", "han_hung", "han_closed", "meter_dead"]).map((cause) =>
    textOr("cause_" + (cause === "han_closed" && !ever ? "not_open" : cause), ""));
  return {
    kind: "bad", lead: text("no_signal_lead"), causes: causes.filter(Boolean),
    title: ever ? text("no_signal_title", { when: readAt("time") }) : text("no_signal_ever"),
  };
}

function warningNotice(now, warnings, kind) {
  const [title, lead] = warningWords(now, warnings[0]);
  const more = warnings.length > 1 ? ["#now/warnings", text("warnings_more", { count: warnings.length })] : null;
  return { kind, title, text: lead, link: more };
}

/** [title, what to do] of a warning's code, with the figures that /now has. */
function warningWords(now, code) {
  const fuse = now.fuse || {};
  const values = {
    phase: fuse.phase ? "L" + fuse.phase : "",
    percent: number(fuse.pct, 0) + NBSP + "%",
    step: now.step ? stepText(now.step) : "",
  };
  return [textOr("warn_" + code, text("warn_other", { code }), values), textOr("warn_" + code + "_do", "", values)];
}

function renderNotice(notice) {
  const card = byId("notice");
  show(card, Boolean(notice));
  if (!notice) return;
  card.dataset.kind = notice.kind;
  redraw(card, JSON.stringify(notice), () => [
    el("h2", {}, notice.title),
    notice.lead ? el("p", {}, notice.lead) : null,
    notice.causes ? el("ol", {}, notice.causes.map((cause) => el("li", {}, cause))) : null,
    notice.text || notice.link ? el("p", {}, notice.text ? notice.text + " " : "",
      notice.link ? el("a", { class: "plain-link", href: notice.link[0] }, notice.link[1]) : "") : null,
  ].filter(Boolean));
}
