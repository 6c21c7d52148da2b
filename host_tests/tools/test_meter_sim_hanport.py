"""The decoder in lib/ and the simulator, which share no code, agree on every list."""

import random

import pytest
from sim.line import Line
from sim.meter import Meter
from sim.models import METERS

from hanport.decoder import MeterDecoder
from hanport.reading import FIELDS, TEXTS

START = 1782907200 - 600  # 2026-07-01T11:50:00Z


def readings_of(octets, rng):
    """What the decoder reports of octets that come in pieces, under the JSON names."""
    decoder, out, view, at = MeterDecoder(), [], memoryview(octets), 0
    while at < len(view):
        end = min(len(view), at + rng.randint(1, 400))
        while at < end:
            at += decoder.feed(view[at:end])
            while (reading := decoder.next_reading()) is not None:
                out.append(values_of(reading))
    decoder.flush()
    while (reading := decoder.next_reading()) is not None:
        out.append(values_of(reading))
    return out


def values_of(reading):
    values = {}
    for attribute, name, divisor in FIELDS:
        value = getattr(reading, attribute)
        if value is not None:
            values[name] = value / divisor
    for name in TEXTS:
        if getattr(reading, name) is not None:
            values[name] = getattr(reading, name)
    values["timestamp"] = reading.timestamp_text()
    if reading.deviation_min is not None:
        values["deviation_min"] = reading.deviation_min
    return {name: value for name, value in values.items() if value is not None}


@pytest.mark.parametrize("meter", METERS)
def test_the_decoder_reads_what_the_meter_sends(meter):
    pushes = list(Meter(meter, START, seed=6, pv_w=4000).pushes(duration=1200))
    read = readings_of(b"".join(p.frame for p in pushes), random.Random(meter))
    assert read == [p.values for p in pushes]


@pytest.mark.parametrize("meter", ["kamstrup-it", "aidon-tn", "kaifa-1p"])
def test_noise_costs_lists_and_invents_none(meter):
    one = Meter(meter, START, seed=6)
    line = Line(one, noise=0.001)
    heard, whole, sent = b"", [], set()
    for push in one.pushes(duration=1500):
        octets = line.carry(push, push.utc)
        heard += octets
        sent.add(frozenset(push.values.items()))
        if push.frame in octets:
            whole.append(push.values)
    read = readings_of(heard, random.Random(1))
    assert {frozenset(values.items()) for values in read} <= sent
    # Every list that came through unharmed is found, however torn its neighbours are.
    rest = iter(read)
    assert len(whole) > 10
    assert all(values in rest for values in whole)
    assert len(read) < len(list(one.lists(duration=1500)))
