"use strict";
// Asking the dongle for more than the stream brings.

/**
 * {status, ...the answer's JSON}; status 0 when the dongle does not answer. Somebody who is not
 * logged in (any more) is sent to where that is done.
 * @param {string} path  below /api/v1/
 * @param {?object} body  makes it a POST
 */
async function dongle(path, body, method = body ? "POST" : "GET") {
  const options = { method, cache: "no-store", headers: { "X-HAN": "1" } };
  if (body) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  try {
    const answer = await fetch("/api/v1/" + path, options);
    // A dongle that runs out of memory half-way sends the head of an answer and no more.
    const json = await answer.json().catch(() => null);
    if (!json) return { status: answer.ok ? 500 : answer.status, error: "cut_short" };
    if (answer.status === 401 && json.error !== "password_wrong") location.replace("/login");
    return { ...json, status: answer.status };
  } catch (_) {
    return { status: 0, error: "no_answer" };
  }
}

const went = (answer) => answer.status >= 200 && answer.status < 300;
