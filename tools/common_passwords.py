#!/usr/bin/env python3
"""The list of passwords that set-up refuses: firmware/app/common.bin.

    python tools/common_passwords.py          write it
    python tools/common_passwords.py --check  exit 1 when it is not what this would write

Three octets of SHA-256 of each, sorted, so that the dongle searches it on flash and no list of
words takes heap: of 16 million other passwords one is refused by chance. Of the shorter ones there
is no need, since ten characters are the least. In it are

- the 1,000 most common of ten characters or more in zxcvbn's list (PyPI, MIT);
- words below and months: alone, or with digits and signs before or after ("sommer2026!"), which
  password.py takes off before it looks.
"""

import argparse
import hashlib
import sys
from pathlib import Path

from zxcvbn.frequency_lists import FREQUENCY_LISTS

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "firmware" / "app" / "common.bin"
LEAST = 10
COUNT = 1000

WORDS = """
passord passordet password passw0rd hemmelig hemmelighet velkommen welcome qwerty qwertyui asdfgh
asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc letmein login admin administrator master superman
batman dragon monkey football baseball princess sunshine iloveyou shadow secret pokemon starwars
jegelskerdeg elskerdeg elsker kjærlighet kjaerlighet skatten elskling snuppa kjæresten familie
familien mamma pappa mammaogpappa bestemor bestefar morfar farmor kattepus pusekatt hunden hund
katten sjokolade sjokoladekake bursdag fotball fotballen ishockey håndball handball skigåing
rosenborg vålerenga valerenga brann bodøglimt glimt lillestrøm viking molde liverpool liverpoolfc
arsenal manchester manchesterunited chelsea tottenham everton leeds ynwa youllneverwalkalone
norge norway norges kongeriket oslo bergen trondheim stavanger tromsø tromso bodø hammerfest alta
kirkenes vadsø vardø honningsvåg lakselv karasjok kautokeino finnmark troms nordland nordkapp
nordlys midnattssol hytta hytte hyttetur hytteliv fritid sommer sommeren vinter vinteren høst
høsten vår våren påske jul julaften julenisse nissefar ferie sommerferie januar februar mars
april mai juni juli august september oktober november desember mandag tirsdag onsdag torsdag
fredag lørdag søndag strøm strom strømmen strømmåler strommaler måler kamstrup aidon kaifa
nettselskap areanett router ruter internett wifi trådløst nettverk telenor telia altibox
microsoft google facebook instagram youtube iphone samsung minecraft fortnite roblox
abcdef abcdefg abcdefgh abcdefghij aaaaaa test tester testing bruker brukernavn eier
volvo mercedes toyota tesla harley yamaha
"""


def common() -> list[str]:
    """What is refused, in lower case."""
    listed = [word for word in FREQUENCY_LISTS["passwords"] if len(word) >= LEAST]
    return listed[:COUNT] + WORDS.split()


def packed() -> bytes:
    digests = {hashlib.sha256(word.encode()).digest()[:3] for word in common()}
    return b"".join(sorted(digests))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing")
    arguments = parser.parse_args()
    data = packed()
    if arguments.check:
        same = TARGET.exists() and TARGET.read_bytes() == data
        print(f"{TARGET.relative_to(ROOT)} is {'up to date' if same else 'out of date'}")
        return 0 if same else 1
    TARGET.write_bytes(data)
    print(f"{TARGET.relative_to(ROOT)}: {len(common())} words, {len(data)} octets")
    return 0


if __name__ == "__main__":
    sys.exit(main())
