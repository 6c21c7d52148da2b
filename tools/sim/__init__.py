"""A simulated Norwegian smart meter: what it measures, what it says and how the line damages it.

The package shares no code with lib/hanport on purpose: two independent readings of the same
documents check each other. CPython only, standard library only (`cryptography` when encrypting).

    load.py profiles.py day_plan.py weather.py
                                     what the household or the cabin draws, second by second
    grid.py account.py               voltages and currents of that load; the registers
    kamstrup.py aidon.py kaifa.py    the lists of each maker; frames.py the HDLC round them
    events.py meter.py               what happens when, and the meter that ties it together
    line.py outputs.py player.py     faults of the line, where octets go, and at which pace
"""
