"""Home Assistant's MQTT discovery: one retained config for each quantity that the meter sends, so
that power and the energy dashboard work without a line typed there. Loaded to tell it.

https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery, .../integrations/sensor.mqtt

Long texts instead of dicts: short strings would stay in the heap for ever.
"""

from app.words import text
from hanport.reading import FIELDS

# by JSON name: device class, unit, digits shown, what it is called
_ENTITIES = """
import_w power W 0 Effekt
export_w power W 0 Effekt ut
import_var reactive_power var 0 Reaktiv effekt
export_var reactive_power var 0 Reaktiv effekt ut
l1_a current A 1 Strøm L1
l2_a current A 1 Strøm L2
l3_a current A 1 Strøm L3
l1_v voltage V 0 Spenning L1
l2_v voltage V 0 Spenning L2
l3_v voltage V 0 Spenning L3
import_wh energy kWh 1 Energi
export_wh energy kWh 1 Energi ut
"""
_CONFIG = (
    '{{"name":"{4}","unique_id":"{5}_{0}","device_class":"{1}","unit_of_measurement":"{2}",'
    '"suggested_display_precision":{3},"availability_topic":"{6}status",'
    '"device":{{"identifiers":["{5}"],"name":{7},"manufacturer":{8},"model":{9}}},'
)
# as long as a reading counts here
_POWER = (
    '"state_class":"measurement","state_topic":"{}state","expire_after":120,'
    '"value_template":"{{{{ value_json.{} }}}}"}}'
)
_ENERGY = (
    '"state_class":"total_increasing","state_topic":"{}energy",'
    '"value_template":"{{{{ value_json.{} }}}}"}}'
)


async def tell(mqtt) -> None:
    """Publish what is not told yet."""
    live = mqtt.app.live
    own = "han_" + mqtt.app.board.device_id()
    for i, field in enumerate(FIELDS):
        if mqtt.told >> i & 1 or live.values[i] is None:
            continue
        name = field[1]
        at = _ENTITIES.find("\n" + name + " ") + 1
        if at:
            row = _ENTITIES[at : _ENTITIES.find("\n", at)].split(" ", 4)
            row += [own, mqtt.topic, text(mqtt.app.settings["name"] or "Strømmåler")]
            row += [text(live.texts[0] or "HAN"), text(live.texts[2] or "HAN")]
            config = _CONFIG.format(*row)
            if row[2] == "kWh":
                config += _ENERGY.format(mqtt.topic, name.replace("_wh", "_kwh"))
            else:
                config += _POWER.format(mqtt.topic, name)
            topic = "homeassistant/sensor/{}/{}/config".format(own, name)
            await mqtt.publish(topic, config, True)
        mqtt.told |= 1 << i
