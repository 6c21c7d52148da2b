"""MQTT against a real Mosquitto: discovery, values, last will, a broker that goes and comes, TLS,
a password, and a broker that does not answer."""

import json
import shutil
import socket
import subprocess
import time

import pytest
from meter_lists import HOURLY, LIST_1, frame
from mosquitto import Broker, Listener, certificate
from running_firmware import free_port

# https://developers.home-assistant.io/docs/core/entity/sensor/: units that go with a device class
UNITS = {
    "power": {"mW", "W", "kW", "MW", "GW", "TW", "BTU/h"},
    "reactive_power": {"mvar", "var", "kvar"},
    "current": {"A", "mA"},
    "voltage": {"V", "mV", "µV", "kV", "MV"},
    "energy": {"J", "kJ", "MJ", "GJ", "mWh", "Wh", "kWh", "MWh", "GWh", "TWh", "cal", "kcal"},
}
STATE_CLASSES = {"measurement", "measurement_angle", "total", "total_increasing"}
# https://www.home-assistant.io/integrations/sensor.mqtt/: what a config may hold
KEYS = set(
    "availability availability_topic availability_mode availability_template device "
    "device_class enabled_by_default encoding entity_category entity_picture expire_after "
    "force_update icon json_attributes_template json_attributes_topic last_reset_value_template "
    "name default_entity_id options payload_available payload_not_available platform qos "
    "state_class state_topic suggested_display_precision unique_id unit_of_measurement "
    "value_template".split()
)
DEVICE_KEYS = set(
    "configuration_url connections identifiers manufacturer model model_id name serial_number "
    "suggested_area sw_version hw_version via_device".split()
)


@pytest.fixture
def broker(tmp_path):
    one = Broker(tmp_path / "broker").start()
    yield one
    one.stop()


@pytest.fixture
def listener(broker):
    one = Listener(broker)
    yield one
    one.stop()


def diagnosis(firmware):
    return json.loads(firmware.get("/api/v1/diagnosis")[2])


def wait_connected(firmware, connected=True, timeout=20):
    limit = time.monotonic() + timeout
    while diagnosis(firmware).get("mqtt", {}).get("connected") != connected:
        assert time.monotonic() < limit, diagnosis(firmware)
        time.sleep(0.1)
    return diagnosis(firmware)["mqtt"]


def test_off_unless_chosen(start_firmware, broker, listener):
    firmware = start_firmware()
    firmware.feed(frame(LIST_1))
    firmware.wait_for("seq", 1)
    time.sleep(1)
    assert listener.got == {}
    assert "mqtt" not in diagnosis(firmware)


def test_discovery_values_and_last_will(start_firmware, broker, listener):
    firmware = start_firmware(
        settings={"mqtt": f"mqtt://127.0.0.1:{broker.port}", "name": "Hytta"}
    )
    firmware.feed(frame(LIST_1))
    (state, retained, _), *_ = listener.wait("han/0000/state")
    now = firmware.now()
    state = json.loads(state)
    assert state["import_w"] == now["import_w"]
    assert state["l1_a"] == now["l1_a"]
    assert not retained
    firmware.feed(frame(HOURLY))
    (energy, _, qos), *_ = listener.wait("han/0000/energy")
    registers = firmware.now()
    assert json.loads(energy)["import_kwh"] * 1000 == pytest.approx(registers["import_wh"])
    assert qos == 1
    assert listener.wait("han/0000/status")[0][0] == "online"
    second = Listener(broker)  # somebody who comes later finds what is retained
    time.sleep(0.3)
    configs = {topic: rows for topic, rows in second.got.items() if topic.endswith("/config")}
    assert all(retained for rows in configs.values() for _, retained, _ in rows)
    assert second.got["han/0000/status"][0][:2] == ("online", True)
    assert second.got["han/0000/energy"][0][1]
    second.stop()
    check_discovery(configs, registers)
    firmware.process.kill()
    listener.wait("han/0000/status", 2, timeout=10)
    assert listener.got["han/0000/status"][-1][0] == "offline"


def check_discovery(configs, now):
    """Against Home Assistant's documented schema."""
    names = set()
    identities = set()
    for topic, rows in configs.items():
        parts = topic.split("/")
        assert parts[:2] == ["homeassistant", "sensor"]
        assert parts[2].replace("_", "").isalnum()
        config = json.loads(rows[0][0])
        assert set(config) <= KEYS
        assert set(config["device"]) <= DEVICE_KEYS
        assert config["device"]["identifiers"] == ["han_0000"]
        assert config["device"]["name"] == "Hytta"
        assert config["unit_of_measurement"] in UNITS[config["device_class"]]
        assert config["state_class"] in STATE_CLASSES
        assert config["availability_topic"] == "han/0000/status"
        identities.add(config["unique_id"])
        name = parts[3]
        names.add(name)
        if config["device_class"] == "energy":
            # what the energy dashboard asks of a sensor
            assert config["state_class"] == "total_increasing"
            assert config["unit_of_measurement"] == "kWh"
            assert config["state_topic"] == "han/0000/energy"
            assert "expire_after" not in config
        else:
            assert config["state_class"] == "measurement"
            assert config["state_topic"] == "han/0000/state"
            assert config["expire_after"] == 120
        assert config["value_template"].startswith("{{ value_json.")
    assert len(identities) == len(configs)
    assert {"import_w", "import_wh", "l1_a", "l1_v"} <= names
    assert names <= set(now)  # nothing that this meter does not send


def test_home_assistant_that_starts_is_told_again(start_firmware, broker, listener):
    firmware = start_firmware(settings={"mqtt": f"mqtt://127.0.0.1:{broker.port}"})
    firmware.feed(frame(LIST_1))
    topic = "homeassistant/sensor/han_0000/import_w/config"
    listener.wait(topic)
    listener.client.publish("homeassistant/status", "online")
    listener.wait(topic, 2)
    listener.client.publish("homeassistant/status", "offline")
    time.sleep(0.5)
    assert len(listener.got[topic]) == 2


def wait_heap(firmware, most, limit=20):
    """Until no more than that is in use: at one moment something may be loaded for a moment."""
    end = time.monotonic() + limit
    while (heap := firmware.heap()) > most:
        assert time.monotonic() < end, (heap, most)
        time.sleep(0.3)


def test_a_broker_that_goes_and_comes(start_firmware, tmp_path):
    """Sixty times as fast."""
    broker = Broker(tmp_path / "broker").start()
    firmware = start_firmware(
        settings={"mqtt": f"mqtt://127.0.0.1:{broker.port}"}, CLOCK_SPEED="60"
    )
    firmware.feed(frame(LIST_1))
    wait_connected(firmware)
    heap = firmware.heap()
    broker.stop()
    wait_connected(firmware, False)
    for _ in range(40):  # eight minutes of the dongle's time
        firmware.feed(frame(LIST_1))
        time.sleep(0.2)
    wait_heap(firmware, heap + 1024)
    seq = firmware.now()["seq"]
    firmware.feed(frame(LIST_1))
    firmware.wait_for("seq", seq + 1)
    broker.start()
    listener = Listener(broker)
    told = wait_connected(firmware)
    assert told["drops"] == 1
    firmware.feed(frame(LIST_1))
    listener.wait("han/0000/state")
    listener.stop()
    broker.stop()
    wait_heap(firmware, heap + 1024)


def test_no_broker_and_one_that_says_nothing(start_firmware):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        firmware = start_firmware(settings={"mqtt": f"mqtt://127.0.0.1:{port}"}, CLOCK_SPEED="60")
        firmware.feed(frame(LIST_1))
        limit = time.monotonic() + 10
        while diagnosis(firmware)["mqtt"].get("error") != "timeout":
            assert time.monotonic() < limit, diagnosis(firmware)
            time.sleep(0.1)
    assert firmware.now()["seq"] == 1


def test_user_and_password(start_firmware, tmp_path):
    port = free_port()
    folder = tmp_path / "broker"
    folder.mkdir()
    (folder / "words").write_text("")
    (folder / "words").chmod(0o600)
    tool = shutil.which("mosquitto_passwd") or "/usr/bin/mosquitto_passwd"
    subprocess.run([tool, "-b", folder / "words", "hytta", "hemmelig"], check=True)
    more = f"listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {folder}/words\n"
    broker = Broker(folder, port, more).start()
    url = f"mqtt://hytta@127.0.0.1:{port}"
    firmware = start_firmware(settings={"mqtt": url, "mqtt_password": "hemmelig"})
    firmware.feed(frame(LIST_1))
    wait_connected(firmware)
    wrong = start_firmware(settings={"mqtt": url, "mqtt_password": "feil"}, CLOCK_SPEED="20")
    wrong.feed(frame(LIST_1))
    limit = time.monotonic() + 10
    while "refused" not in (diagnosis(wrong)["mqtt"].get("error") or ""):
        assert time.monotonic() < limit, diagnosis(wrong)
        time.sleep(0.1)
    broker.stop()


@pytest.mark.parametrize("trusted", ["any", "this", "another"])
def test_tls(start_firmware, tmp_path, trusted):
    port = free_port()
    folder = tmp_path / "broker"
    folder.mkdir()
    der = certificate(folder)
    more = (
        f"listener {port} 127.0.0.1\nallow_anonymous true\n"
        f"certfile {folder}/cert.pem\nkeyfile {folder}/key.pem\n"
    )
    broker = Broker(folder, port, more).start()
    firmware = start_firmware(heap="250K", CLOCK_SPEED="10")
    if trusted != "any":
        if trusted == "another":
            other = tmp_path / "other"
            other.mkdir()
            der = certificate(other)
        (firmware.data / "mqtt.ca").write_bytes(der)
    body = json.dumps({"set": {"mqtt": f"mqtts://127.0.0.1:{port}"}})
    assert firmware.request("POST", "/api/v1/settings", body)[0] == 200
    firmware.feed(frame(LIST_1))
    firmware.wait_for("seq", 1)
    time.sleep(0.5)
    if trusted == "another":
        limit = time.monotonic() + 10
        while not diagnosis(firmware).get("mqtt", {}).get("error"):
            assert time.monotonic() < limit
            time.sleep(0.1)
        assert not diagnosis(firmware)["mqtt"]["connected"]
    else:
        wait_connected(firmware)
    broker.stop()


def test_chosen_and_given_up_while_it_runs(start_firmware, broker, listener):
    firmware = start_firmware()
    firmware.feed(frame(LIST_1))
    firmware.wait_for("seq", 1)
    before = firmware.heap()
    body = json.dumps({"set": {"mqtt": f"mqtt://127.0.0.1:{broker.port}"}})
    assert firmware.request("POST", "/api/v1/settings", body)[0] == 200
    listener.wait("han/0000/state")
    assert firmware.request("POST", "/api/v1/settings", '{"set":{"mqtt":"ftp://x"}}')[0] == 400
    assert firmware.request("POST", "/api/v1/settings", '{"set":{"mqtt":""}}')[0] == 200
    limit = time.monotonic() + 10
    while "mqtt" in diagnosis(firmware):
        assert time.monotonic() < limit
        time.sleep(0.1)
    assert firmware.heap() <= before + 2048  # its heap is given back
