"""A real Mosquitto for the tests of MQTT, who listens at it, and a certificate for its TLS."""

import datetime
import ipaddress
import shutil
import socket
import subprocess
import threading
import time

import paho.mqtt.client as paho
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from running_firmware import free_port

MOSQUITTO = shutil.which("mosquitto") or "/usr/sbin/mosquitto"


class Broker:
    """A Mosquitto on a port of its own, with what arrives there."""

    def __init__(self, folder, port=None, more=""):
        self.folder = folder
        self.port = port or free_port()
        folder.mkdir(exist_ok=True)
        self.more = more or f"listener {self.port} 127.0.0.1\nallow_anonymous true\n"
        self.process = None

    def start(self):
        config = self.folder / "mosquitto.conf"
        config.write_text(self.more + "persistence false\nlog_dest none\nuser root\n")
        self.process = subprocess.Popen([MOSQUITTO, "-c", config])
        limit = time.monotonic() + 5
        while time.monotonic() < limit:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                time.sleep(0.05)
        raise AssertionError("Mosquitto does not start")

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(5)
            self.process = None


class Listener:
    """What is published, by topic, as [(payload, retained, qos)]."""

    def __init__(self, broker, topic="#", **options):
        self.got = {}
        self._lock = threading.Lock()
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        if "user" in options:
            self.client.username_pw_set(options["user"], options["password"])
        if "ca" in options:
            self.client.tls_set(ca_certs=options["ca"])
        self.client.on_message = self._on_message
        ready = threading.Event()
        self.client.on_connect = lambda client, *_: client.subscribe(topic, 1)
        self.client.on_subscribe = lambda *_: ready.set()
        self.client.connect("127.0.0.1", broker.port)
        self.client.loop_start()
        assert ready.wait(5)

    def _on_message(self, client, userdata, message):
        with self._lock:
            row = message.payload.decode(), bool(message.retain), message.qos
            self.got.setdefault(message.topic, []).append(row)

    def wait(self, topic, count=1, timeout=20):
        limit = time.monotonic() + timeout
        while len(self.got.get(topic, [])) < count:
            assert time.monotonic() < limit, (topic, self.got)
            time.sleep(0.02)
        return self.got[topic]

    def stop(self):
        self.client.loop_stop()
        self.client.disconnect()


def certificate(folder):
    """A self-signed certificate for 127.0.0.1: PEM for the broker, DER for the dongle."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=400))
        .not_valid_after(now + datetime.timedelta(days=4000))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName("127.0.0.1"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            ),
            False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return made.public_bytes(serialization.Encoding.DER)
