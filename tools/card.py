#!/usr/bin/env python3
"""The card that comes with a dongle: its key as text and QR code, three steps, where to call.

    python tools/card.py --network HAN-12ab --key ABCD-EFGH-JKLM [--hotline "..."] [--out build/card.html]

One page, Bokmål, for A5 paper: print it from a browser. Network and key are what the dongle's console
shows at its first start and what `make provision` prints; a phone tells HAN-12ab from HAN-12AB. The key
is on paper only: keep the file no longer than the printer needs it.
"""

import argparse
import html
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "firmware"))

from app import console, qr  # noqa: E402

_NETWORK = re.compile(r"HAN-[0-9a-f]{4}")
_KEY = re.compile(r"[A-HJ-NP-Z2-9]{4}(-[A-HJ-NP-Z2-9]{4}){2}")
_QUIET = 4  # modules of light around the code, as its standard wants
HOTLINE = "Spør den du fikk dongelen av."

_PAGE = """<!doctype html>
<html lang="nb">
<meta charset="utf-8">
<title>Kortet til dongelen {network}</title>
<style>
@page {{ size: A5; margin: 12mm }}
body {{ font: 11pt/1.45 system-ui, sans-serif; color: #1a1a1a; max-width: 128mm; margin: 0 auto }}
h1 {{ font-size: 18pt; margin: 0 0 2mm }}
ol {{ padding-left: 6mm; margin: 4mm 0 }}
li {{ margin-bottom: 2.5mm }}
.key {{ margin: 4mm 0; display: flex; gap: 6mm; align-items: center; border: 0.5mm solid; border-radius: 3mm; padding: 4mm }}
.key svg {{ width: 38mm; height: 38mm; flex: none }}
dl {{ margin: 0 }}
dt {{ color: #595959 }}
dd {{ margin: 0 0 2mm; font: 600 14pt/1.3 ui-monospace, monospace; white-space: nowrap }}
p {{ margin: 3mm 0 0 }}
.small {{ font-size: 9.5pt; color: #595959 }}
</style>
<h1>HAN-dongelen din</h1>
<p>Den viser strømforbruket ditt på telefonen. Målingene blir i huset.</p>
<section class="key" aria-label="Nettverk og nøkkel">
{code}
<dl>
<dt>Nettverk</dt><dd>{network}</dd>
<dt>Nøkkel</dt><dd>{key}</dd>
</dl>
</section>
<ol>
<li><strong>Bestill HAN-modul og åpning av porten</strong> hos nettselskapet, om du ikke har det. Sett så dongelen i
HAN-porten på måleren, og gi den strøm fra en USB-lader.</li>
<li><strong>Koble telefonen til nettverket over</strong>: pek kameraet på koden, eller skriv inn nøkkelen. Siden åpner seg
selv. Gjør den ikke det, skriv <strong>http://192.168.4.1</strong> i nettleseren.</li>
<li><strong>Følg trinnene på siden</strong>: samtykke, eget passord og hjemmets Wi-Fi. Til slutt står det hvor du finner
dongelen etterpå.</li>
</ol>
<p>Ta vare på kortet: faller Wi-Fi-en hjemme ut, åpner dongelen sitt eget nettverk igjen, med samme nøkkel.</p>
<p class="small">Glemt passord: hold knappen på dongelen inne i ti sekunder og slipp den. Alt slettes, også historikken. Du begynner på
nytt, med en ny nøkkel: be den du fikk dongelen av om et nytt kort.</p>
<p class="small">Står det «Ingen signal»: sjekk støpselet, og spør nettselskapet om porten er åpen. Feil på dongelen: {hotline}</p>
</html>
"""


class CardError(Exception):
    """The card cannot be made; the message says what is wrong, without the key."""


def svg(text: str) -> str:
    """The QR code of a text, as dark squares on white whatever the page's colours are."""
    rows = qr.matrix(text.encode())
    side = len(rows) + 2 * _QUIET
    parts = []
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                parts.append(f"M{x + _QUIET} {y + _QUIET}h1v1h-1z")
    return (
        f'<svg viewBox="0 0 {side} {side}" role="img" aria-label="QR-kode for nettverket">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{"".join(parts)}"/></svg>'
    )


def card(network: str, key: str, hotline: str = HOTLINE) -> str:
    """The page. CardError for a network or key that no dongle has."""
    network = network[:4].upper() + network[4:].lower()  # as board_esp32.device_id() writes it
    if not _NETWORK.fullmatch(network):
        raise CardError("the network is HAN- and four digits or letters, as the console shows it")
    if not _KEY.fullmatch(key):
        raise CardError("the key is three times four letters or digits, as the console shows it")
    code = svg(console.wifi_code(network, key))
    return _PAGE.format(
        network=html.escape(network), key=html.escape(key), code=code, hotline=html.escape(hotline)
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--network", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--hotline", default=HOTLINE, help="where to call, in Norwegian")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "card.html")
    arguments = parser.parse_args()
    try:
        page = card(arguments.network, arguments.key, arguments.hotline)
    except CardError as error:
        print(f"card: {error}", file=sys.stderr)
        return 1
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(page, encoding="utf-8")
    print(f"{arguments.out}: open it in a browser and print it")
    return 0


if __name__ == "__main__":
    sys.exit(main())
