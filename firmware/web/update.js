"use strict";
// Innstillinger, Programvare: what runs, and a new version, sent in pieces as small as any request.

const PIECE = 2048;
const AGAIN_MS = 2000;
const TRIES = 5;

function updateSection(s) {
  const now = s.answers.update;
  const parts = [titled(text("update_title"), el("dl", { class: "rows plain-rows" },
    row(text("update_runs"), [text("update_version", now)]),
    row(text("update_board"), [now.board + ", MicroPython " + now.micropython]),
    row(text("update_source"), [text(now.folder === "." ? "update_by_usb" : "update_by_page")])),
  now.on_trial ? note("warn", text("update_trial", now)) : null,
  now.given_up ? note("bad", textOr("update_why_" + now.given_up.why, text("update_why_other", now.given_up), now.given_up)) : null)];
  parts.push(sendCard(s, now));
  parts.push(titled(text("update_about"), paragraphs(text("update_about_text"))));
  return parts;
}

const note = (kind, words) => el("div", { class: "notice", "data-kind": kind }, el("p", {}, words));

function sendCard(s, now) {
  // The browser's own button would speak the browser's own language.
  const name = el("span", { class: "calm" }, text("update_no_name"));
  const file = el("input", { type: "file", accept: ".bundle", class: "said", id: "update-file", change: () => put(name, file.files.length ? file.files[0].name : text("update_no_name")) });
  const older = tick(text("update_allow_older"), false, () => {}, text("update_older_note"));
  const progress = el("progress", { max: "1", hidden: true, "aria-label": text("update_title") });
  const words = el("p", { role: "status", hidden: true });
  const tell = (sent, size) => {
    show(progress, true);
    show(words, true);
    progress.value = size ? sent / size : 0;
    // Each tenth is enough for who listens.
    put(words, text("update_sending", { percent: Math.floor((sent / size) * 10) * 10 }));
  };
  const send = action(text("update_send"), async () => {
    if (!file.files.length) {
      file.focus();
      return { status: 400, error: "update_no_file" };
    }
    const answer = await sendFile(file.files[0], older.firstChild.checked, tell);
    show(progress, false);
    if (!went(answer)) show(words, false);
    return answer;
  }, (answer) => {
    put(words, text("update_restarting", { version: answer.version }));
    watchRestart(s, answer.version, words);
    return "";
  }, "main");
  return titled(text("update_new"), bullets([text("update_kept"), text("update_safe"), text("update_minutes")]),
    el("div", { class: "action" }, el("label", { class: "second" }, text("update_choose"), file), name), older, progress, words, send,
    typeof now.received === "number" && now.size ? paragraph(text("update_half", { percent: Math.floor((now.received / now.size) * 100) }), "calm") : null);
}

/** The dongle's answer: {version} when it has taken all of it, else why not. */
async function sendFile(file, older, tell) {
  let offset = 0;
  let failed = 0;
  let piece = PIECE;
  tell(0, file.size);
  for (;;) {
    const whole = offset >= file.size;
    const answer = await (whole ? dongle("update/end", {}) : dongle("update?offset=" + offset + (offset || !older ? "" : "&older=1"), file.slice(offset, offset + piece)));
    if (went(answer)) {
      if (whole) return answer;
      offset = answer.received;
      failed = 0;
      tell(offset, file.size);
      continue;
    }
    if (++failed >= TRIES) return answer;
    if (answer.error === "update_offset") {
      // A piece whose answer got lost has arrived all the same; an end without one may have, too.
      offset = answer.received;
    } else if ((answer.status === 0 && !whole) || (answer.status === 503 && answer.error !== "update_flash") || answer.error === "update_busy") {
      // A heap that is nearly full may have no hole of that size, and that stays so.
      piece = Math.max(512, piece / 2);
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    } else {
      return answer;
    }
  }
}

/** Asks until the dongle has started again, and says which version did. */
async function watchRestart(s, version, words) {
  for (let i = 0; i < 60; i++) {
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    if (!words.isConnected) return;
    const answer = await dongle("update");
    if (!went(answer)) continue;
    if (answer.version === version) {
      put(words, text(answer.on_trial ? "update_trial" : "update_done", answer));
      return;
    }
    if (answer.given_up) {
      s.answers.update = answer;
      s.draw();
      return;
    }
  }
  put(words, text("update_silent"));
}
