"""tools/openapi.json against the running firmware: schemathesis asks every route, with what the file
allows and with what it does not. No answer may be 5xx, or of another shape than the file says.

HAN_EXAMPLES: how many requests for each operation.
"""

import json
import os
import re
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from running_firmware import TOKEN
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode
from seeded_firmware import seeded

from app.routes import _NAMES

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "tools" / "openapi.json"
EXAMPLES = int(os.environ.get("HAN_EXAMPLES", "3"))
DOCUMENT = json.loads(FILE.read_text())
# A stream does not end; a log-out and the last owner's key would end the login
LEFT_OUT = {"get_events", "delete_session", "delete_keys_id"}

load_all_checks()
NAMES = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
CHECK_LIST = [CHECKS.get_one(name) for name in NAMES]


def document():
    """The file, without what is left out."""
    kept = {}
    for path, methods in DOCUMENT["paths"].items():
        rest = {m: op for m, op in methods.items() if op["operationId"] not in LEFT_OUT}
        if rest:
            kept[path] = rest
    return {**DOCUMENT, "paths": kept}


schema = schemathesis.openapi.from_dict(document())
schema.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])


@pytest.fixture(scope="module")
def running(firmware_tree, tmp_path_factory):
    """A dongle with a history, a meter that is heard and an owner's token."""
    one = seeded(firmware_tree, tmp_path_factory.mktemp("openapi"))
    yield one
    one.stop()
    assert "Traceback" not in one.log(), one.log()


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_as_told(case, running):
    answer = case.call(
        base_url=running.url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=20
    )
    case.validate_response(answer, checks=CHECK_LIST)


@schema.parametrize()
@settings(
    max_examples=1,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_without_login_nothing_is_told(case, running):
    answer = case.call(base_url=running.url, headers={"Authorization": "Bearer 00"}, timeout=20)
    case.validate_response(answer, checks=CHECK_LIST)
    if case.operation.definition.raw.get("security") == []:
        return
    # 400: the head was not even read to its end
    assert answer.status_code in (400, 401), answer.status_code
    assert set(answer.json()) == {"error"}


def test_the_file_has_all_routes():
    """As routes.py and the handlers have them."""
    app = ROOT / "firmware" / "app"
    told = {
        (path.split("/")[3].split(".")[0], method)
        for path, methods in DOCUMENT["paths"].items()
        for method in methods
    }
    built = {("events", "get")}
    for name in _NAMES.split():
        source = (app / f"api_{name}.py").read_text()
        for method in re.findall(r"^(?:async )?def (get|post|delete)\(", source, re.M):
            built.add((name, method))
    assert told == built


def test_it_is_not_on_the_dongle(firmware_tree):
    assert not list(firmware_tree.rglob("openapi*"))
