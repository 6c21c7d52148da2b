"""Bundles for the tests of updates: small trees, signed with keys of their own."""

import bundle
import version
from cryptography.hazmat.primitives.asymmetric import ec

OWNER = ec.derive_private_key(0x1234567890, ec.SECP256R1())
STRANGER = ec.derive_private_key(0x0987654321, ec.SECP256R1())


def public(key) -> bytes:
    return bundle.public_octets(key.public_key())


def tree(number="1.0.0", board="unix", salt=0, more=None) -> dict[str, bytes]:
    """A dozen files: empty ones, some that littlefs keeps in its folders, some of many blocks."""
    files = {
        "app/app.mpy": bytes((77, 6, 0, 31)) + bytes((i * 7 + salt) % 251 for i in range(4092)),
        "app/api.mpy": bytes((77, 6, 0, 31)) + bytes((i * 3 + salt) % 251 for i in range(9001)),
        "app/empty.txt": b"",
        "lib/hanport/hdlc.mpy": bytes((77, 6, 0, 31)) + bytes((salt,)) * 100,
        "lib/household/oslo.mpy": bytes((77, 6, 0, 31)) + bytes((salt,)) * 1000,
        "lib/microdot.mpy": bytes((77, 6, 0, 31)) + bytes((salt,)) * 5000,
        "tariffs/area-1.json": b'{"salt":%d}' % salt,
        "web/index.html": b"<p>%d</p>" % salt * 300,
        "update.keys": f"{public(OWNER).hex()} owner\n".encode(),
    }
    files.update(more or {})
    files[version.NAME] = version.version_json(board, files, number)
    return files


def signed(files: dict[str, bytes], key=OWNER) -> bytes:
    return bundle.bundle(files, key)
