"""The release: everything in it, its sums right, its list of parts valid, the same twice."""

import hashlib
import importlib.metadata
import importlib.resources
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile

import bundle
import jsonschema_rs
import package_json
import pty_board
import pytest
import release
import update_keys
import version
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    """A key of this test's own, in place of the checkout's, if it has one."""
    path = tmp_path_factory.mktemp("key") / "key.pem"
    bundle.keygen(path, "test")
    patch = pytest.MonkeyPatch()
    patch.setattr(update_keys, "PRIVATE", path)
    yield path
    patch.undo()


@pytest.fixture(scope="module")
def files(key):
    return release.contents()


def test_twice_the_same_bytes(files):
    assert release.zipped(release.contents()) == release.zipped(files)


def test_what_is_in_it(files):
    with zipfile.ZipFile(io.BytesIO(release.zipped(files))) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    assert sorted(files) == names
    for board in release.BOARDS:
        assert f"device/{board}/main.py" in names
        assert f"device/{board}/app/one.mpy" in names
        head = bundle.check(
            files[f"update/han-{board}-{version.version()}.bundle"],
            update_keys.key_lines(update_keys.public_path(update_keys.PRIVATE).read_text()),
        )
        assert head.values["board"] == [board]
    for name in (
        "LICENSE",
        "CHANGELOG.md",
        "NOTICES.md",
        "card.html",
        "lib/package.json",
        "lib/hanport/hdlc.py",
    ):
        assert name in names


def test_the_sums_are_those_of_the_files(files):
    sums = dict(line.split("  ")[::-1] for line in files["SHA256SUMS"].decode().splitlines())
    assert set(sums) == set(files) - {"SHA256SUMS", "SHA256SUMS.sig"}
    for name, digest in sums.items():
        assert hashlib.sha256(files[name]).hexdigest() == digest, name


def test_the_sums_are_signed(files):
    key = serialization.load_pem_public_key(files["key.pem"])
    assert isinstance(key, ec.EllipticCurvePublicKey)
    algorithm = ec.ECDSA(hashes.SHA256())
    key.verify(files["SHA256SUMS.sig"], files["SHA256SUMS"], algorithm)
    with pytest.raises(InvalidSignature):
        key.verify(files["SHA256SUMS.sig"], files["SHA256SUMS"] + b" ", algorithm)


def test_the_list_of_parts(files):
    """Every file of the dongle, and what is from others."""
    found = json.loads(files["sbom.cdx.json"])
    assert found["metadata"]["component"]["version"] == version.version()
    names = {part["name"] for part in found["components"] if part["type"] == "file"}
    assert names == {name for name in files if name.startswith("device/")}
    for part in found["components"]:
        assert part["type"] in ("file", "data") and part["licenses"]
    others = {part["name"] for part in found["components"] if part["type"] != "file"}
    notices = files["NOTICES.md"].decode()
    assert others == set(re.findall(r"^## (.+)$", notices, re.MULTILINE))
    assert f"zxcvbn {importlib.metadata.version('zxcvbn')}" in notices.replace("\n", " ")


def test_the_list_of_parts_is_cyclonedx(files):
    """By the schema that its makers publish, with the two that it refers to."""
    folder = importlib.resources.files("cyclonedx.schema._res")

    def schema(name):
        return json.loads((folder / name).read_text(encoding="utf-8"))

    found = json.loads(files["sbom.cdx.json"])
    rules = schema(f"bom-{found['specVersion']}.SNAPSHOT.schema.json")
    validator = jsonschema_rs.validator_for(
        rules,
        retriever=lambda uri: schema(uri.rpartition("/")[2]),
        validate_formats=True,
    )
    assert [error.message for error in validator.iter_errors(found)] == []
    found["components"][0]["licenses"][0]["license"]["id"] = "no such licence"
    assert not validator.is_valid(found)


def test_the_version_stands_in_one_place(files):
    number = version.version()
    assert files["VERSIONS.txt"].decode().startswith(f"han-dongle {number}\n")
    assert json.loads(files["device/esp32/version.json"])["version"] == number
    assert json.loads(files["lib/package.json"])["version"] == number
    assert re.search(
        rf"^## \[{number}\] - \d{{4}}-\d\d-\d\d$", files["CHANGELOG.md"].decode(), re.M
    )


def test_package_json_lists_what_there_is():
    done = subprocess.run([sys.executable, package_json.__file__, "--check"], check=False)
    assert done.returncode == 0


DECODE = """
import hanport
from hanport.decoder import MeterDecoder
decoder = MeterDecoder()
octets = memoryview(open("frame", "rb").read())
at = 0
while at < len(octets):
    at += decoder.feed(octets[at:])
    reading = decoder.next_reading()
    if reading:
        print("seen", reading.list_id, reading.import_w)
"""


def write_frame(folder):
    """A frame for DECODE into the folder; returns the values in it."""
    cases = json.loads((release.ROOT / "host_tests" / "vectors" / "cases.json").read_text())
    one = next(case for case in cases if case["id"] == "spec-kamstrup-ex2")
    (folder / "frame").write_bytes(bytes.fromhex(one["bytes"]))
    return one["values"]


def test_mip_installs_a_decoder_that_decodes(tmp_path):
    values = write_frame(tmp_path)
    with pty_board.repl(tmp_path) as port:
        mpremote = [sys.executable, "-m", "mpremote", "connect", port, "resume"]
        mip = [*mpremote, "mip", "install", "--target", "lib", release.ROOT / "lib/package.json"]
        subprocess.run(mip, check=True, capture_output=True, timeout=60)
        done = subprocess.run(
            [*mpremote, "exec", DECODE], capture_output=True, text=True, timeout=60, check=False
        )
    expected = f"seen {values['list_id']} {int(values['import_w'])}"
    assert expected in done.stdout, done.stdout + done.stderr


def test_pip_installs_the_decoder(tmp_path):
    """`pip install .` for a computer at the HAN port: both packages, nothing else."""
    checkout = tmp_path / "checkout"  # pip leaves its own files beside the sources
    shutil.copytree(release.ROOT / "lib", checkout / "lib")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(release.ROOT / name, checkout)
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", tmp_path]
    done = subprocess.run([*pip, checkout], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    values = write_frame(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", DECODE + "print(MeterDecoder.__module__, hanport.__file__)"],
        env={"PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == (
        f"seen {values['list_id']} {int(values['import_w'])}\n"
        f"hanport.decoder {tmp_path}/hanport/__init__.py\n"
    )
