"""The owner's choices for the decoder, put into force at power-up. Loaded for it and let go."""

from hanport.cipher import parse_key

_EXPONENTS = {None: None, 1: 0, 10: 1, 1000: 3}  # of a step in Wh, mA or mV


def apply(decoder, settings) -> None:
    """Scales and keys. A key that is none is said on the console, without the key, and the lists
    stay closed: `decoder` then counts no_key."""
    lists = decoder.lists
    lists.energy_exponent = _EXPONENTS[settings["energy_wh"]]
    lists.current_exponent = _EXPONENTS[settings["current_ma"]]
    lists.voltage_exponent = _EXPONENTS[settings["voltage_mv"]]
    decoder.refuse_plain = settings["refuse_plain"]
    keys = []
    for name in ("encryption_key", "authentication_key"):
        try:
            keys.append(parse_key(settings[name]) if settings[name] else None)
        except ValueError as error:
            print("settings: {}: {}".format(name, error))
            return
    decoder.set_keys(keys[0], keys[1])
