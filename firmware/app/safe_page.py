"""The page of safe mode, of no file: it may be the files that are the trouble. Loaded for it."""

from app.reply import Reply

_PAGE = """<!doctype html><html lang="nb"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Sikker modus</title>
<h1>Sikker modus</h1>
<p>Dongelen startet fem ganger på ti minutter, eller knappen ble holdt inne. Måleren leses ikke nå.
Timene som er lagret, er urørt. Etter en time uten besøk prøver den på nytt; å ta strømmen av og på
gjør det med en gang.</p>
<p lang="en">Safe mode: the dongle started five times in ten minutes, or the button was held. The
meter is not read now; the stored hours are untouched. It tries again after a quiet hour, or when
the power is cut and given back.</p>
<ul><li><a href="/api/v1/diagnosis">Tilstand / <span lang="en">state</span></a>
<li><a href="/api/v1/diagnosis/log">Logg til den som hjelper deg / <span lang="en">log for who helps you</span></a></ul>
<h2>Ny versjon / <span lang="en">new version</span></h2>
<p><label>Fil / <span lang="en">file</span> (.bundle) <input type="file" id="file"></label>
<p><label><input type="checkbox" id="older"> Tillat eldre versjon / <span lang="en">allow an older version</span></label>
<p><button id="send">Send og start på nytt / <span lang="en">send and restart</span></button>
<p role="status" id="told"></p>
<script src="/service.js"></script></html>"""
_SCRIPT = """"use strict";
const PIECE = 2048;
const AGAIN_MS = 2000;
const TRIES = 5;
const of = (id) => document.getElementById(id);
const wait = () => new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
const ask = async (path, body) => {
  try {
    const answer = await fetch("/api/v1/update" + path, {method: "POST", headers: {"X-HAN": "1"}, body});
    return {status: answer.status, ...await answer.json()};
  } catch (error) {
    return {status: 0, error: error.message};
  }
};
// The same rules as update.js, which is one of the files that may be the trouble.
const sendFile = async (file, older, tell) => {
  let at = 0;
  let failed = 0;
  let piece = PIECE;
  for (;;) {
    const whole = at >= file.size;
    const path = whole ? "/end" : "?offset=" + at + (at === 0 && older ? "&older=1" : "");
    const answer = await ask(path, whole ? "" : file.slice(at, at + piece));
    if (answer.status === 200) {
      if (whole) return answer.version;
      at = answer.received;
      failed = 0;
      tell(at / file.size);
      continue;
    }
    if (++failed >= TRIES) throw new Error(answer.error);
    // A piece whose answer got lost has arrived all the same; an end without one may have, too.
    if (answer.error === "update_offset") at = answer.received;
    else if (answer.error === "update_busy" || (answer.status === 0 && !whole)
      || (answer.status === 503 && answer.error !== "update_flash")) {
      piece = Math.max(512, piece / 2);
      await wait();
    } else throw new Error(answer.error);
  }
};
of("send").onclick = async () => {
  const file = of("file").files[0];
  const told = of("told");
  if (!file) { told.textContent = "Velg filen først. / Choose the file first."; return; }
  of("send").disabled = true;
  try {
    const version = await sendFile(file, of("older").checked, (share) => { told.textContent = Math.round(100 * share) + " %"; });
    told.textContent = version + " er lagt inn, dongelen starter på nytt. / is in, the dongle restarts.";
  } catch (error) {
    told.textContent = "Ikke tatt imot, alt er som før / not taken, all is as before: " + error.message;
  }
  of("send").disabled = false;
};
"""


def get(path: str):
    """The page, its script for /service.js, None for other paths."""
    if path == "/":
        return Reply(_PAGE, 200, "text/html; charset=utf-8")
    if path == "/service.js":
        return Reply(_SCRIPT, 200, "text/javascript; charset=utf-8")
    return None
