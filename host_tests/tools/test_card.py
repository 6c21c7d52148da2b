"""The card: what is on it, one page of paper, and a code that another program reads."""

import re
import shutil
import subprocess
import sys

import card
import pytest
import qrcode
import qrcode.util

NETWORK, KEY = "HAN-12ab", "ABCD-EFGH-JKLM"


def test_what_a_lay_person_needs_is_on_it():
    page = card.card(NETWORK, KEY, "Ring Ola & Kari")
    for words in (
        NETWORK,
        KEY,
        "http://192.168.4.1",
        "nettselskapet",
        "samtykke",
        "Ring Ola &amp; Kari",
    ):
        assert words in page, words
    assert page.count("<li>") == 3
    assert 'lang="nb"' in page
    assert "http" not in page.replace("http://192.168.4.1", "")  # nothing from elsewhere


@pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is missing")
def test_it_is_one_page_of_a5(tmp_path):
    """As a browser prints it."""
    page, paper = tmp_path / "card.html", tmp_path / "card.pdf"
    page.write_text(
        card.card(NETWORK, KEY, "Ring Ola Nordmann på 12 34 56 78, helst om kvelden. ")
    )
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    command += [
        f"--user-data-dir={tmp_path / 'profile'}",
        f"--print-to-pdf={paper}",
        page.as_uri(),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=100)
    octets = paper.read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", octets)) == 1
    (box,) = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", octets)
    assert [round(float(side) / 72 * 25.4) for side in box] == [148, 210]


def test_the_code_is_the_one_another_program_makes():
    text = f"WIFI:T:WPA;S:{NETWORK};P:{KEY};;"
    drawn = {
        (int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", card.card(NETWORK, KEY))
    }
    found = []
    for mask in range(8):
        other = qrcode.QRCode(
            version=3, error_correction=qrcode.ERROR_CORRECT_L, mask_pattern=mask, border=4
        )
        data = qrcode.util.QRData(text.encode(), qrcode.util.MODE_8BIT_BYTE)  # pyright: ignore[reportArgumentType]
        other.add_data(data)
        other.make(fit=False)
        rows = other.get_matrix()
        found.append({(x, y) for y, row in enumerate(rows) for x, dark in enumerate(row) if dark})
    assert drawn in found


def test_the_network_is_written_as_the_dongle_writes_it():
    """A phone looks for the very letters: HAN-12AB would never be found."""
    assert NETWORK == "HAN-" + bytes((0x12, 0xAB)).hex()  # board_esp32.device_id()
    assert card.card("HAN-12AB", KEY) == card.card("han-12ab", KEY) == card.card(NETWORK, KEY)
    assert "HAN-12AB" not in card.card("HAN-12AB", KEY)


@pytest.mark.parametrize(
    ("network", "key", "words"),
    [
        ("Hjemme", KEY, "the network is HAN-"),
        (NETWORK, "hemmelig", "the key is three times four"),
        (NETWORK, "ABCD-EFGH-IJKL", "the key is three times four"),  # no I, 1, O, 0
    ],
)
def test_what_no_dongle_has_is_refused_without_repeating_it(network, key, words, tmp_path):
    command = [sys.executable, card.__file__, "--network", network, "--key", key]
    done = subprocess.run(
        [*command, "--out", tmp_path / "card.html"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert words in done.stderr
    assert key not in done.stderr
    assert not (tmp_path / "card.html").exists()
