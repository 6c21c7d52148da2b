"""Home Assistant's MQTT discovery: one retained config for each quantity that the meter sends, so
that power and the energy dashboard work without a line typed there. Loaded to tell it.

https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery, .../integrations/sensor.mqtt
"""

import json

from hanport.reading import FIELDS

# JSON name: device class, unit, what it is called, digits shown
_ENTITIES = {
    "import_w": ("power", "W", "Effekt", 0),
    "export_w": ("power", "W", "Effekt ut", 0),
    "import_var": ("reactive_power", "var", "Reaktiv effekt", 0),
    "export_var": ("reactive_power", "var", "Reaktiv effekt ut", 0),
    "l1_a": ("current", "A", "Strøm L1", 1),
    "l2_a": ("current", "A", "Strøm L2", 1),
    "l3_a": ("current", "A", "Strøm L3", 1),
    "l1_v": ("voltage", "V", "Spenning L1", 0),
    "l2_v": ("voltage", "V", "Spenning L2", 0),
    "l3_v": ("voltage", "V", "Spenning L3", 0),
    "import_wh": ("energy", "kWh", "Energi", 1),
    "export_wh": ("energy", "kWh", "Energi ut", 1),
}
_EXPIRES_S = 120  # as long as a reading counts here


async def tell(mqtt) -> None:
    """Publish what is not told yet."""
    live = mqtt.app.live
    for i, field in enumerate(FIELDS):
        if mqtt.told >> i & 1 or live.values[i] is None:
            continue
        if field[1] in _ENTITIES:
            topic, config = entity(mqtt, field[1])
            await mqtt.publish(topic, json.dumps(config), True)
        mqtt.told |= 1 << i


def entity(mqtt, name: str):
    """(topic, config) of one quantity."""
    kind, unit, label, digits = _ENTITIES[name]
    board = mqtt.app.board.device_id()
    own = "han_" + board
    config = {
        "name": label,
        "unique_id": own + "_" + name,
        "state_topic": mqtt.topic + "state",
        "value_template": "{{ value_json." + name + " }}",
        "availability_topic": mqtt.topic + "status",
        "device_class": kind,
        "state_class": "measurement",
        "unit_of_measurement": unit,
        "suggested_display_precision": digits,
        "device": {
            "identifiers": [own],
            "name": mqtt.app.settings["name"] or "Strømmåler",
            "manufacturer": mqtt.app.live.texts[0] or "HAN",
            "model": mqtt.app.live.texts[2] or "HAN",
        },
    }
    if kind == "energy":
        config["state_topic"] = mqtt.topic + "energy"
        config["value_template"] = "{{ value_json." + name.replace("_wh", "_kwh") + " }}"
        config["state_class"] = "total_increasing"
    else:
        config["expire_after"] = _EXPIRES_S
    return "homeassistant/sensor/{}/{}/config".format(own, name), config
