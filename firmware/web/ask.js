"use strict";
// One question to the dongle, and what may come back.

const BUSY_TRIES = 5;
const BUSY_S = [2, 60]; // what Retry-After may ask for
// What the answer to a GET has at the least: a list or a text of that name. Something else may have
// answered in the dongle's place, or the dongle only in part.
const EXPECTED = {
  hours: "hours", days: "days", months: "months", peaks: "peaks", quality: "phases", "events/log": "entries", away: "reports",
  keys: "keys", security: "entries", tariff: "presets", consent: "state", login: "salt", setup: "step", session: "role",
  update: "board", line: "verdict", settings: "name",
};
const busyTimes = {};

/**
 * {status, ...the answer's JSON}; never throws. status 0 when nothing answers, 500 when the answer
 * is not what was asked for. Of a 503 to a GET `again_s` says when to ask again, the first few times.
 * @param {string} path  below /api/v1/
 * @param {?object} body  makes it a POST; a Blob is sent as it is
 */
async function ask(path, body, headers = {}, method = body ? "POST" : "GET") {
  const options = { method, headers: { "X-HAN": "1", ...headers }, cache: "no-store" };
  if (body) {
    const raw = body instanceof Blob;
    options.headers["Content-Type"] = raw ? "application/octet-stream" : "application/json";
    options.body = raw ? body : JSON.stringify(body);
  }
  try {
    const answer = await fetch("/api/v1/" + path, options);
    // A dongle that runs out of memory half-way sends the head of an answer and no more.
    const json = await answer.json().catch(() => null);
    const wanted = method === "GET" && answer.ok && EXPECTED[path.split("?")[0]];
    const found = json && typeof json === "object" && !Array.isArray(json) && (!wanted || Array.isArray(json[wanted]) || typeof json[wanted] === "string");
    const made = found ? { ...json, status: answer.status } : { status: answer.ok ? 500 : answer.status, error: "cut_short" };
    if (method === "GET") noteBusy(path, made, answer.headers.get("Retry-After"));
    return made;
  } catch (_) {
    return { status: 0, error: "no_answer" };
  }
}

function noteBusy(path, answer, after) {
  busyTimes[path] = answer.status === 503 ? (busyTimes[path] || 0) + 1 : 0;
  if (answer.status !== 503 || busyTimes[path] > BUSY_TRIES) return;
  answer.again_s = Math.min(Math.max(Number(after) || 10, BUSY_S[0]), BUSY_S[1]);
}

const went = (answer) => answer.status >= 200 && answer.status < 300;
