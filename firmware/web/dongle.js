"use strict";
// Asking the dongle for more than the stream brings, and what stands there meanwhile.

/** ask(); somebody who is not logged in (any more) is sent to where that is done. */
async function dongle(path, body, method) {
  const answer = await ask(path, body, {}, method);
  if (answer.status === 401 && answer.error !== "password_wrong") location.replace("/login");
  return answer;
}

/**
 * What stands where data should be: that it is on its way, or why it did not come. A dongle that is
 * busy is asked again by itself, for as long as this is still there to be seen.
 * @param {?object} answer  null while it is on its way
 * @param {function} again  asks once more, and draws what came
 */
function awaited(answer, again) {
  if (!answer) return el("p", { class: "calm" }, text("loading"));
  const wait = answer.again_s;
  const words = wait ? text("busy_wait", { wait: wait + NBSP + "s" }) : refusal(answer);
  const block = el("div", { class: "awaited" }, el("p", { class: wait ? "calm" : "error" }, words),
    el("button", { class: "second", type: "button", click: () => {
      for (const path of Object.keys(busyTimes)) delete busyTimes[path];
      again();
    } }, text("try_again")));
  if (wait) askLater(block, again, wait);
  return block;
}

function askLater(block, again, wait) {
  setTimeout(() => {
    if (!block.isConnected) return;
    // Nobody looks: the dongle's few connections are for others.
    if (document.visibilityState === "hidden") askLater(block, again, wait);
    else again();
  }, wait * 1000);
}

/** Why the dongle refused, in words. */
function refusal(answer) {
  const other = answer.status === 503 ? text("busy") : answer.status ? text("error_other", { status: answer.status }) : text("lost_title");
  if (answer.error === "setting") return textOr("why_" + answer.setting, textOr("error_setting", other, { why: answer.why }));
  return textOr("error_" + answer.error, textOr(answer.error, other), { wait: seconds(answer.wait_s || 0) });
}
