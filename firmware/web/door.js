"use strict";
// What logging in and set-up share: saying what went wrong, logging in.

const LOGIN_TRIES = 5;
const byId = (id) => document.getElementById(id);

/** Says an error of the dongle's in words; "" takes it away. */
function complain(answer) {
  const known = answer && (answer.error in STRINGS.texts ? answer.error : "other");
  byId("error").textContent = answer ? text(known, answer) : "";
}

/** "iPhone Safari": what the owner sees in the list of phones. */
function phoneName() {
  const agent = navigator.userAgent;
  const first = (pairs) => (pairs.find(([sign]) => agent.includes(sign)) || ["", ""])[1];
  const device = first([
    ["iPhone", "iPhone"], ["iPad", "iPad"], ["Android", "Android"], ["Windows", "Windows"],
    ["CrOS", "Chromebook"], ["Mac OS", "Mac"], ["Linux", "Linux"],
  ]);
  const browser = first([
    ["Edg", "Edge"], ["SamsungBrowser", "Samsung"], ["OPR", "Opera"], ["Firefox", "Firefox"],
    ["FxiOS", "Firefox"], ["Chrome", "Chrome"], ["CriOS", "Chrome"], ["Safari", "Safari"],
  ]);
  return `${device} ${browser}`.trim();
}

/**
 * Logs in with a password, or with the SaltedPassword made of it with the salt in force (then
 * nothing has to be worked out). Returns the dongle's answer.
 */
async function logIn(password, salted, progress) {
  for (let left = LOGIN_TRIES; ; left--) {
    const login = await ask("login");
    if (login.status !== 200) return login;
    salted = salted || (await pbkdf2(octets(password), fromHex(login.salt), login.iterations, progress));
    const [proof] = prove(login, salted);
    const answer = await ask("login", { ...proof, name: phoneName() });
    // 409: somebody else logged in meanwhile, and this nonce went with theirs
    if (answer.status !== 409 || !left) return answer;
  }
}

/**
 * Each language is a page of its own, /setup and /setup.en: an own network's phone may keep no
 * cookie. `hash()` goes along.
 */
function startLanguage(hash = () => location.hash) {
  const page = location.pathname.split(".")[0];
  const use = (code) => location.replace(page + (code === STRINGS.others[0][0] ? "" : "." + code) + hash());
  const wanted = remembered("language");
  if (wanted !== language() && STRINGS.others.some(([code]) => code === wanted)) use(wanted);
  offerLanguage();
  byId("language").addEventListener("click", (event) => {
    remember("language", event.currentTarget.lang);
    use(event.currentTarget.lang);
  });
}

/** Shows a password in clear while the box is ticked. */
function showWhenTicked(box, input) {
  box.addEventListener("change", () => {
    input.type = box.checked ? "text" : "password";
  });
}
