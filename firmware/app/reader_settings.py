"""The owner's choices for the line and the decoder, into force at power-up and when they change.
Loaded for it and let go."""

from binascii import crc32

_EXPONENTS = {None: None, 1: 0, 10: 1, 1000: 3}  # of a step in Wh, mA or mV


def apply(meter, settings) -> None:
    """Scales, keys and the lock of the line. `meter` is the app.meter.Meter."""
    decoder = meter.decoder
    lists = decoder.lists
    lists.energy_exponent = _EXPONENTS[settings["energy_wh"]]
    lists.current_exponent = _EXPONENTS[settings["current_ma"]]
    lists.voltage_exponent = _EXPONENTS[settings["voltage_mv"]]
    decoder.refuse_plain = settings["refuse_plain"]
    keys = settings["encryption_key"] + " " + settings["authentication_key"]
    mark = crc32(keys.encode())
    if mark != meter.keys_mark:
        meter.keys_mark = mark
        found = []
        for name in ("encryption_key", "authentication_key"):
            text = settings[name]
            if text:
                from hanport.key_text import parse_key  # of a meter that needs it

                text = parse_key(text)
            found.append(text or None)
        cipher = decoder.set_keys(found[0], found[1])
        meter.hours.cipher = cipher
        meter.hours.cipher_mark = mark
        if cipher is not None:
            meter.hours.at_hourly("start_cipher")
