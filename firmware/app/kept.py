"""What was put by in the journal's folder, read back: app.hourly writes it. Apart, since a page that
asks for the absence needs no ledger."""

from app.state import State


def load(place, name: str):
    """The list kept under `name`; [] when there is none. `place` as for State."""
    state = State(place, name).load()
    return state if type(state) is list else []


def away(hours):
    """The Absence as it was saved."""
    from app.absence import Absence

    kept = Absence()
    kept.restore(load(hours.path, "away"))
    return kept
