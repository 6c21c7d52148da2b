"use strict";
// The first start, a step at a time. The dongle knows which step comes next, so a reload or a
// phone that lost the network goes on where it was.

addTexts(__STRINGS__);

const STEPS = ["consent", "password", "wifi", "home"];
const SHOWN = ["key", ...STEPS, "done"];
const OTHER = "\u0000other"; // no network can have these names
const ALONE = "\u0000alone";
let status = { step: "", network: "HAN-…" };
let key = decodeURIComponent(location.hash.slice(1));
let salted = null; // of the password chosen here, so that the end can log in
let polling = 0;

const form = (step) => byId("step-" + step);
const canonical = (text) => text.toUpperCase().replace(/[^0-9A-Z]/g, "");
/** The key as the dongle seals with it: "ABCD-EFGH-JKLM". */
const secret = () => octets(canonical(status.key || key).replace(/(.{4})(?=.)/g, "$1-"));
const call = (path, body) => ask("setup" + path, body, key ? { Authorization: "Setup " + key } : {});

/** Takes over what the dongle says; `answer` comes from call(). Whether it was an answer. */
function take(answer) {
  if (answer.status === 200 && SHOWN.includes(answer.step)) {
    const before = status.step;
    status = { networks: [], meter: {}, ...answer };
    if (status.step !== before) complain(null);
    render(status.step !== before);
    return true;
  }
  if (answer.error === "setup_key") {
    if (key) complain(answer);
    status.step = "key";
    render(true);
  } else if (status.step !== "done") {
    complain({ ...answer, network: status.network });
  }
  return false;
}

async function refresh() {
  clearTimeout(polling);
  const answer = await call("");
  if (answer.status === 404 || answer.status === 401 && answer.error !== "setup_key") {
    location.replace("/"); // set-up is over
    return;
  }
  take(answer);
  if (!status.step || status.wifi === "trying" || status.step === "done") polling = setTimeout(refresh, 2000);
}

function render(fresh) {
  for (const step of SHOWN) form(step).hidden = step !== status.step;
  byId("way").hidden = status.step === "key" || status.step === "done";
  [...byId("way").children].forEach((dot, i) => {
    const at = STEPS.indexOf(status.step);
    dot.className = i < at ? "done" : "";
    if (i === at) dot.setAttribute("aria-current", "step");
    else dot.removeAttribute("aria-current");
    dot.hidden = STEPS[i] === "wifi" && status.radio === false;
  });
  if (status.step === "wifi") renderWifi(fresh);
  if (status.step === "home") renderFound();
  if (status.step === "done") renderDone();
}

function renderWifi(fresh) {
  const trying = status.wifi === "trying";
  byId("trying").textContent = trying ? text("trying", status) : "";
  form("wifi").querySelector("button").disabled = trying;
  if (!trying && status.wifi === "failed") complain({ ...status, error: status.reason });
  if (fresh) {
    const options = status.networks.map((one) => [one.ssid, one.ssid]);
    options.push([OTHER, text("wifi_other")], [ALONE, text("wifi_alone")]);
    byId("network").replaceChildren(...options.map(([value, name]) => new Option(name, value)));
    if (status.networks.some((one) => one.ssid === status.ssid)) byId("network").value = status.ssid;
  }
  chooseNetwork();
}

function chooseNetwork() {
  const chosen = byId("network").value;
  const open = status.networks.some((one) => one.ssid === chosen && !one.secured);
  byId("hidden-name").hidden = chosen !== OTHER;
  byId("wifi-key").hidden = byId("wifi-show").hidden = chosen === ALONE || open;
  form("wifi").querySelector("button").textContent = text(chosen === ALONE ? "wifi_alone_go" : "wifi_go");
}

/** Where the dongle is found afterwards, in words. "" on a computer, where it is here. */
function addresses() {
  if (status.wifi === "joined") {
    const a = `http://${status.hostname}.local`, b = `http://${status.address}`;
    return text("or", { a, b });
  }
  return status.radio ? "http://192.168.4.1" : "";
}

function renderFound() {
  byId("found").hidden = !status.radio;
  byId("address").textContent = addresses();
  byId("found-text").textContent = text(status.wifi === "joined" ? "found_text" : "found_alone", status);
}

function renderDone() {
  const here = !status.radio;
  byId("done-text").textContent = text(here ? "done_here" : "done_text");
  byId("done-address").textContent = addresses();
  byId("open").hidden = !here;
  const meter = status.meter;
  const known = meter.readings ? "meter_live" : meter.frames ? "meter_frames" : meter.octets ? "meter_noise" : "meter_silent";
  if (byId("meter").textContent !== text(known, meter)) byId("meter").textContent = text(known, meter);
}

/** Sends a step when its form is sent; `body()` gives what to send, or null to leave it. */
function onSend(step, body) {
  form(step).addEventListener("submit", async (event) => {
    event.preventDefault();
    complain(null);
    const button = form(step).querySelector("button");
    button.disabled = true;
    const values = await body(new FormData(form(step)));
    if (values) {
      let answer = await call("/" + step, values);
      if (answer.error === "try_again") {
        await refresh(); // another nonce
        answer = await call("/" + step, await body(new FormData(form(step))));
      }
      take(answer);
    }
    button.disabled = false;
    if (status.wifi === "trying") refresh();
    if (status.step === "done") finish();
  });
}

async function password(values) {
  const progress = byId("progress");
  progress.hidden = false;
  const chosen = values.get("password");
  const [sent, made] = await sealPassword(chosen, status.iterations, secret(), status.nonce, (part) => {
    progress.value = part;
  });
  progress.hidden = true;
  salted = made;
  return { nonce: status.nonce, ...sent };
}

function wifi(values) {
  const chosen = values.get("network");
  if (chosen === ALONE) return { alone: true };
  const open = status.networks.some((one) => one.ssid === chosen && !one.secured);
  const sealed = seal(secret(), status.nonce, octets(open ? "" : values.get("wifi_key")));
  return { ssid: chosen === OTHER ? values.get("ssid") : chosen, nonce: status.nonce, sealed };
}

function home(values) {
  const fuse = values.get("fuse_a");
  return {
    profile: values.get("profile"),
    fuse_a: Number(fuse),
    grid: values.get("grid"),
    name: values.get("name"),
  };
}

/** On a computer the page is here: log in at once with the password that was chosen. */
async function finish() {
  if (!status.radio && salted && (await logIn(null, salted)).status === 200) location.replace("/");
  else refresh();
}

function start() {
  startLanguage(() => "#" + encodeURIComponent(key));
  showWhenTicked(byId("show"), byId("password"));
  showWhenTicked(byId("show-wifi"), form("wifi").elements.wifi_key);
  byId("network").addEventListener("change", chooseNetwork);
  form("key").addEventListener("submit", (event) => {
    event.preventDefault();
    complain(null);
    key = new FormData(event.target).get("key");
    refresh();
  });
  onSend("consent", (values) => ({ secured: values.get("secured"), version: 1 }));
  onSend("password", password);
  onSend("wifi", wifi);
  onSend("home", home);
  refresh();
}

start();
