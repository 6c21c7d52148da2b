"use strict";
// Logging in, with a password or by a guest's link (#guest=TOKEN, which no server ever sees).

addTexts(__STRINGS__);

const guest = (/^#guest=([0-9a-f]{32})$/.exec(location.hash) || [])[1];

async function send(event) {
  event.preventDefault();
  complain(null);
  const progress = byId("progress");
  byId("go").disabled = true;
  progress.hidden = Boolean(guest);
  progress.value = 0;
  const answer = guest
    ? await ask("login", { guest, name: phoneName() })
    : await logIn(byId("password").value, null, (part) => { progress.value = part; });
  progress.hidden = true;
  byId("go").disabled = false;
  if (answer.status === 200) location.replace("/");
  else {
    complain(answer);
    byId("password").select();
  }
}

async function start() {
  startLanguage();
  showWhenTicked(byId("show"), byId("password"));
  if (guest) {
    document.querySelector("h1").textContent = text("guest_title");
    byId("go").textContent = text("guest_go");
    for (const words of document.querySelectorAll("label, .hint")) words.hidden = true;
    byId("password").required = false;
  }
  byId("form").addEventListener("submit", send);
  // Whoever followed a link from elsewhere comes without the cookie and may be logged in all
  // the same: asked from here it is sent.
  if (!guest && (await ask("session")).status === 200) location.replace("/");
}

start();
