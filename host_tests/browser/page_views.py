"""A view of fakes/views.py on a phone, with the dongle that it is of."""

import contextlib
from collections.abc import Iterator

import screenshots
from conftest import ROOT, Phone
from fakes.device import FakeDevice
from fakes.scenes import SCENES
from fakes.views import VIEWS, reach

WORDS = screenshots.words(ROOT / "firmware" / "web")


@contextlib.contextmanager
def opened(files, open_page, name, language="nb", scheme="light", width=360) -> Iterator[Phone]:
    """The phone at that view; both are closed afterwards."""
    scene, address, steps = VIEWS[name]
    with FakeDevice(files) as device:
        SCENES[scene](device)
        phone = open_page(
            device.url + address,
            clock="lost" in steps,
            scheme=scheme,
            width=width,
            language=language,
        )
        reach(phone.page, device, steps, WORDS, language)
        yield phone
        device.mode = "refuse"
        phone.page.close()
