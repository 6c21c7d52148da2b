"""The bundle tool: keys, bundles, checks; and that firmware/app/p256.py agrees with it."""

import hashlib
import json
import subprocess
import sys

import bundle
import pytest
import update_keys
import version
from bundle import BundleFileError
from cryptography.hazmat.primitives.asymmetric import ec
from update_keys import UpdateKeyError

import build
from app import p256

KEY = ec.derive_private_key(0x5EED, ec.SECP256R1())
LINE = bundle.public_octets(KEY.public_key()).hex() + " owner"


def tree():
    files = {
        "boot.py": b"",
        "main.py": b"import switch",
        "slots.mpy": b"M\x06\x00\x1f",
        "switch.mpy": b"M\x06\x00\x1f",
        "app/app.mpy": b"M\x06\x00\x1f" + bytes(500),
        "lib/hanport/octets_viper.mpy": b"M\x06\x2b\x1f" + bytes(500),
        "web/index.html": b"<p>",
        "update.keys": LINE.encode() + b"\n",
    }
    files[version.NAME] = version.version_json("esp32", files, "1.2.3")
    return files


def run(*arguments):
    command = [sys.executable, bundle.__file__, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_what_is_in_it():
    data = bundle.bundle(tree(), KEY)
    head = bundle.check(data, [LINE])
    assert head.values == {
        "version": ["1.2.3"],
        "build": [json.loads(tree()[version.NAME])["build"]],
        "board": ["esp32"],
        "micropython": ["1.26", "1.29"],
        "mpy": ["6.3"],
    }
    names = [name for _, _, name in head.files]
    assert names == sorted(set(tree()) - {"boot.py", "main.py", "slots.mpy", "switch.mpy"})
    at = head.length
    for digest, size, name in head.files:
        assert data[at : at + size] == tree()[name]
        assert hashlib.sha256(tree()[name]).hexdigest() == digest
        at += size


def test_the_same_tree_and_key_give_the_same_octets():
    again = dict(reversed(list(tree().items())))
    assert bundle.bundle(tree(), KEY) == bundle.bundle(again, KEY)
    other = ec.derive_private_key(0x5EEE, ec.SECP256R1())
    assert bundle.bundle(tree(), KEY) != bundle.bundle(tree(), other)


def test_the_dongles_own_verification_agrees():
    head = bundle.parse(bundle.bundle(tree(), KEY))
    key = bytes.fromhex(LINE[:128])
    digest = hashlib.sha256(head.signed).digest()
    assert list(p256.verify(key, digest, head.signature))[-1] is True
    digest = hashlib.sha256(head.signed + b" ").digest()
    assert list(p256.verify(key, digest, head.signature))[-1] is False


@pytest.mark.parametrize(
    "harm,said",
    [
        (lambda data: data[:100], "cut off in its head"),
        (lambda data: b"PK" + data, "not a bundle"),
        (lambda data: data.replace(b"version 1.2.3", b"version 1.2.4"), "does not fit"),
        (lambda data: data[:-1] + b"?", "altered or cut off: web/index.html"),
        (lambda data: data[:-1], "altered or cut off: web/index.html"),
        (lambda data: data + b"?", "1 octets too many"),
        (lambda data: data.replace(b"signature", b"signed_by"), "not signed"),
    ],
)
def test_check_says_what_is_wrong(harm, said):
    with pytest.raises(BundleFileError, match=said):
        bundle.check(harm(bundle.bundle(tree(), KEY)), [LINE])


def test_a_key_that_is_not_known():
    with pytest.raises(BundleFileError, match="not known here"):
        bundle.check(bundle.bundle(tree(), KEY), [])


def test_a_tree_that_is_none():
    files = tree()
    del files[version.NAME]
    with pytest.raises(BundleFileError, match="make build"):
        bundle.bundle(files, KEY)
    with pytest.raises(BundleFileError, match="not of"):
        bundle.bundle({**tree(), "app/new.mpy": b"M\x07\x00\x1f"}, KEY)
    with pytest.raises(BundleFileError, match="not of"):
        bundle.bundle({**tree(), "app/native.mpy": b"M\x06\x29\x1f"}, KEY)


def test_from_key_to_checked_bundle(tmp_path):
    key = tmp_path / "mine.pem"
    done = run("keygen", "--key", key, "--name", "kari")
    assert done.returncode == 0, done.stderr
    assert key.stat().st_mode & 0o077 == 0
    line = (tmp_path / "mine.pub").read_text()
    assert line.endswith(" kari\n") and line in done.stdout
    assert "PRIVATE" not in done.stdout
    done = run("keygen", "--key", key)
    assert done.returncode == 1 and "there already" in done.stderr

    files = {**tree(), "update.keys": line.encode()}
    files[version.NAME] = version.version_json("esp32", files, "1.2.3")
    build.write_tree({**files, "web/assets.json": b"{}"}, tmp_path / "device")
    done = run("make", tmp_path / "device", "--key", key)
    assert done.returncode == 0, done.stderr
    made = tmp_path / "han-esp32-1.2.3.bundle"
    assert made.exists()
    done = run("check", made, "--key", key)
    assert done.returncode == 0, done.stderr
    assert "board esp32" in done.stdout and "signature is good" in done.stdout
    made.write_bytes(made.read_bytes()[:-1])
    done = run("check", made, "--key", key)
    assert done.returncode == 1 and "cut off" in done.stderr


def test_a_bundle_that_would_be_the_last_is_not_made(tmp_path):
    """A tree without the signer's key would refuse the signer's next update."""
    key = tmp_path / "mine.pem"
    assert run("keygen", "--key", key).returncode == 0
    build.write_tree({**tree(), "web/assets.json": b"{}"}, tmp_path / "device")
    done = run("make", tmp_path / "device", "--key", key)
    assert done.returncode == 1 and "not among the tree's keys" in done.stderr


def test_no_key(tmp_path):
    build.write_tree({**tree(), "web/assets.json": b"{}"}, tmp_path / "device")
    done = run("make", tmp_path / "device", "--key", tmp_path / "none.pem")
    assert done.returncode == 1 and "make keygen" in done.stderr
    (tmp_path / "bad.pem").write_text("nothing")
    done = run("make", tmp_path / "device", "--key", tmp_path / "bad.pem")
    assert done.returncode == 1 and "no private key" in done.stderr


def test_keys_of_the_tree(tmp_path):
    private = tmp_path / "k.pem"
    assert update_keys.for_tree(private) == b"", "the project has published none"
    (tmp_path / "k.pub").write_text("# mine\n" + LINE.upper().replace("OWNER", "me") + "\n\n")
    assert update_keys.for_tree(private) == LINE.replace("owner", "me").encode() + b"\n"
    (tmp_path / "k.pub").write_text("04" + LINE)
    with pytest.raises(UpdateKeyError):
        update_keys.for_tree(private)


def test_version_and_build():
    files = tree()
    one = json.loads(version.version_json("esp32", files))
    assert one["version"] == version.version()
    assert one["version"].count(".") == 2
    assert json.loads(version.version_json("esp32", files)) == one
    seen = {one["build"]}
    for other in (
        version.version_json("esp32c3", files),
        version.version_json("esp32", files, "9.9.9"),
        version.version_json("esp32", {**files, "app/app.mpy": b""}),
        version.version_json("esp32", {**files, "app/more.mpy": b""}),
    ):
        seen.add(json.loads(other)["build"])
    assert len(seen) == 5
