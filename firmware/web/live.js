"use strict";
// The way to the dongle: one event stream, or a question every ten seconds when the dongle has no
// stream to spare. All times are performance.now() in ms: the phone's clock may be wrong or jump.

const OLD_S = 30;
const NO_SIGNAL_S = 120;
// Silence for this long and the dongle itself is asked; two or three answers missing, and it is lost.
const ASK_AFTER_MS = 12000;
const POLL_MS = 10000;
const ASK_AGAIN_MS = 5000;
const ANSWER_MS = 4500;
const LOST_MS = 26000;
const STREAM_AGAIN_MS = 60000;
const IN_EVENT = "import_w export_w l1_a l2_a l3_a l1_v l2_v l3_v".split(" ");
// The event's "hour" is short: these are its places.
const IN_HOUR = ["wh", "coverage", "expected_wh", "allow_w", "level"];

/**
 * @param {?object} first  what /api/v1/now said when the page was sent, or null
 * @param {number} firstMs  when that was
 * @param {function} changed  called when something new is known
 */
function createLive(first, firstMs, changed) {
  const live = {
    now: first,
    samples: [],
    registersMs: null,
    paused: null,
    state, age, utc, tick, sleep, wake, pause, resume, ask,
  };
  let readMs = firstMs;
  let wholeMs = firstMs; // when /api/v1/now was read, which has the dongle's clock
  let contactMs = first ? firstMs : -Infinity;
  let wakeMs = performance.now();
  let askedMs = -Infinity;
  let streamMs = -Infinity;
  let stream = null;
  let polling = false;
  let question = null;
  let awake = true;
  let due = false; // news that has not been asked for yet
  let lastTick = { mono: performance.now(), wall: Date.now() };
  if (first) keep(first);

  /** Seconds since the meter's last list; null when there was none. */
  function age(t) {
    if (!live.now || typeof live.now.age_s !== "number") return null;
    return live.now.age_s + (t - readMs) / 1000;
  }

  /** Unix seconds by the dongle's clock, by the phone's while that is not known. */
  function utc() {
    if (!live.now || typeof live.now.at !== "number") return Math.floor(Date.now() / 1000);
    return Math.floor(live.now.at + (performance.now() - wholeMs) / 1000);
  }

  function state(t) {
    if (live.paused !== null) return "paused";
    if (t - contactMs > LOST_MS) return t - wakeMs > LOST_MS ? "lost" : "connecting";
    if (live.now.consent) return "stopped";
    const old = age(t);
    if (old === null) return live.now.state === "no_signal" ? "no_signal" : "starting";
    return old <= OLD_S ? "live" : old <= NO_SIGNAL_S ? "old" : "no_signal";
  }

  // The device's ring has a value for each ten seconds, null where none came, newest last.
  function keep(now) {
    const registers = now.registers_age_s;
    live.registersMs = typeof registers === "number" ? readMs - registers * 1000 : null;
    const ring = now.power || [];
    let last = ring.length - 1;
    while (last >= 0 && ring[last] === null) last--;
    const newest = readMs / 1000 - (now.age_s || 0);
    live.samples = [];
    ring.forEach((w, i) => {
      if (w !== null) live.samples.push({ t: newest - (last - i) * LIST_S, w });
    });
  }

  function keepSample(again) {
    const w = powerOf(live.now);
    const t = readMs / 1000 - live.now.age_s;
    const samples = live.samples;
    if (w === null) return;
    if (again && samples.length) samples.pop();
    samples.push({ t, w });
    while (samples[0].t < t - SPAN_S - JOINED_S) samples.shift();
  }

  /** Takes over the event's hour; true when it is another hour than `before`. */
  function keepHour(values, before = {}) {
    if (!values) {
      delete live.now.hour;
      return false;
    }
    const hour = (live.now.hour = { ...before });
    IN_HOUR.forEach((name, i) => {
      hour[name] = values[i];
      if (values[i] === null || values[i] === undefined) delete hour[name];
    });
    return hour.wh < before.wh;
  }

  function onEvent(message) {
    let event;
    try {
      event = JSON.parse(message.data);
    } catch (_) {
      return;
    }
    readMs = contactMs = performance.now();
    const known = live.now;
    // A new stream begins with the list that is known already, as a rule.
    const again = Boolean(known) && known.seq === event.seq;
    const missed = !known || event.seq > known.seq + 1 || event.seq < known.seq;
    live.now = { ...known };
    // What an event can carry and does not is no longer known.
    for (const name of IN_EVENT) delete live.now[name];
    Object.assign(live.now, event);
    const turned = keepHour(event.hour, (known || {}).hour);
    if (typeof live.now.age_s === "number") keepSample(again);
    if ("import_wh" in event) live.registersMs = readMs - live.now.age_s * 1000;
    // The event is short. What an hour has brought and what was missed are asked for.
    const news = !known || event.rev !== known.rev || event.presence !== known.presence;
    due = due || missed || turned || news || (!again && "import_wh" in event);
    if (due && contactMs - askedMs > ASK_AGAIN_MS) ask();
    changed();
  }

  async function ask() {
    if (question) return;
    askedMs = performance.now();
    const mine = (question = new AbortController());
    const timer = setTimeout(() => mine.abort(), ANSWER_MS);
    try {
      const answer = await fetch("/api/v1/now", { cache: "no-store", signal: mine.signal });
      if (answer.status === 401) location.replace("/login");
      const now = answer.ok ? await answer.json() : null;
      if (mine !== question) return;
      // A busy dongle is still there, it has just nothing to say.
      if (now || answer.status === 503) contactMs = performance.now();
      // An event may have overtaken the answer on the way.
      const overtaken = live.now && readMs > askedMs && now && now.seq < live.now.seq;
      if (now && !overtaken) {
        readMs = wholeMs = contactMs;
        live.now = now;
        due = false;
        keep(now);
      }
    } catch (_) {
      // No answer: tick() counts the silence.
    } finally {
      clearTimeout(timer);
      if (mine === question) question = null;
    }
    changed();
  }

  function openStream() {
    closeStream();
    streamMs = performance.now();
    stream = new EventSource("/api/v1/events");
    stream.onopen = () => {
      polling = false;
      contactMs = performance.now();
    };
    stream.onmessage = onEvent;
    stream.onerror = () => {
      // CLOSED is an answer that is no stream, such as 503: the browser does not try again.
      if (stream && stream.readyState === EventSource.CLOSED) {
        closeStream();
        polling = true;
      }
    };
  }

  function closeStream() {
    if (stream) stream.close();
    stream = null;
  }

  /** Once a second: notices silence, and asks. */
  function tick() {
    const t = performance.now();
    // A computer that slept has a monotonic clock that did not count.
    const slept = Date.now() - lastTick.wall - (t - lastTick.mono);
    lastTick = { mono: t, wall: Date.now() };
    if (!awake || live.paused !== null) return;
    if (slept > ASK_AGAIN_MS) {
      readMs -= slept;
      wholeMs -= slept;
      contactMs -= slept;
      if (live.registersMs !== null) live.registersMs -= slept;
      for (const sample of live.samples) sample.t -= slept / 1000;
      wake();
    }
    const silence = polling ? POLL_MS : ASK_AFTER_MS;
    if (t - contactMs >= silence && t - askedMs >= ASK_AGAIN_MS) ask();
    // A stream whose other end lost its power looks open for ever.
    const dead = t - contactMs > LOST_MS;
    if (dead) closeStream();
    if (!stream && !dead && (!polling || t - streamMs > STREAM_AGAIN_MS)) openStream();
    changed();
  }

  /** Nobody looks: leaves the dongle's few connections to others. */
  function sleep() {
    awake = false;
    closeStream();
    if (question) question.abort();
    question = null;
  }

  function wake() {
    awake = true;
    if (live.paused !== null) return;
    wakeMs = performance.now();
    openStream();
    if (wakeMs - contactMs > ASK_AGAIN_MS) ask();
    changed();
  }

  function pause() {
    sleep();
    live.paused = { ms: performance.now(), wall: Date.now() };
    changed();
  }

  function resume() {
    live.paused = null;
    wake();
  }

  return live;
}
