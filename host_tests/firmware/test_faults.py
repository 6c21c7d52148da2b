"""A fault in every task and in what it calls: readings resume within a minute, the journal stays
whole, and what happened can be seen. The scenario is host_tests/cabinet/faults.py; test_boundaries.py
has every single call that leaves Python."""

import ast
import itertools
import os

import cabinet_runs
import pytest
from cabinet_runs import ROOT, longest_gap

ENERGY_WH = 4750  # of the two hours
BLOCKED_S = 30 + 5 + 10 + 6  # the watchdog, the start, the next list, and what finds it out
FULL = bool(os.environ.get("FULL_FAULTS"))  # make prove-faults
KINDS = ("value", "oserror", "enomem", "memory", "hang") if FULL else ("memory", "hang")

# App.tasks in each mode: every one of them dies, hangs, blocks and starves
TASKS = {
    "cabinet": ("meter", "hours", "guard", "wifi", "mqtt"),
    "setup": ("meter", "hours", "guard", "setup"),
    "safe": ("guard", "wifi"),
    "trial": ("meter", "hours", "guard", "wifi", "mqtt", "trial"),
}
# what asyncio.create_task() is called with elsewhere in firmware/, and where it gets its fault
OTHERS = {
    ("guard", "_accept"): "cabinet",
    ("guard", "_serve"): "cabinet",
    ("mqtt", "_session"): "cabinet",
    ("mqtt", "_read"): "cabinet",
    # they end with the request, or with what it began; nothing waits for them
    ("api_update", "_watch"): None,  # test_an_upload_whose_watch_died (test_update.py)
    ("api_update", "_restart"): None,  # the update is chosen by then: the next start has it
    ("api_erase", "_all"): None,  # begun again at the next start, test_erase_all.py
    ("app", "_keep"): None,  # TASKS
}


def each(names):
    """name:kind, all of them; in the short form the kinds take turns."""
    if FULL:
        return [f"{name}:{kind}" for name in names for kind in KINDS]
    return [f"{name}:{kind}" for name, kind in zip(names, itertools.cycle(KINDS), strict=False)]


INNER = each([name for (_, name), mode in OTHERS.items() if mode == "cabinet"])
BLOCKED = [f"blocked:{place}" for place in ("readinto", "sweep", "isconnected", "indicate")]
CALLS = [
    f"call:{place}:{kind}"
    for place in (
        *(
            "readinto",
            "open_meter",
            "isconnected",
            "conn",
            "dispatch",
            "indicate",
            "button",
            "sweep",
        ),
        *("store", "live", "clock", "quality", "feed"),
    )
    for kind in (("oserror", "memory") if FULL else ("memory",))
]
HEAP = [f"heap:{place}" for place in ("readinto", "store", "feed")]
if FULL:  # beside them the calls above fail in the same places
    HEAP += [f"heap:{place}" for place in ("sweep", "live", "quality")]
WIDE = ["flash:write:oserror", "flash:all:oserror", "flash:write:enomem", "flash:all:memory"]
WIDE += ["imports::memory", "imports::oserror", "radio::oserror", "radio::memory"]
if not FULL:
    WIDE = WIDE[::2]


@pytest.fixture(scope="session")
def lists(tmp_path_factory):
    """A little more than two hours."""
    return cabinet_runs.write_lists(tmp_path_factory.mktemp("lists") / "lists", 7400)


@pytest.fixture
def run(lists, tmp_path):
    """run(fault, mode) -> (what faults.py tells, what it printed)."""
    return lambda fault, mode="cabinet": cabinet_runs.run(
        "faults.py", lists, tmp_path / "data", mode, fault
    )


def check(told, tmp_path, deaths=0):
    """Readings to the end, the two whole hours in the journal, and the fault noticed."""
    assert told["injected"], "the fault was never met"
    assert longest_gap(told) <= 60
    assert told["seen"][-1] > 7280_000
    cabinet_runs.check_journal(tmp_path / "data", 2, ENERGY_WH)
    assert told["deaths"] >= deaths


def test_no_task_is_without_a_fault(lists, tmp_path):
    """A new task, or a new place where one is made, has to come into the tables above."""
    found = set()
    for path in (ROOT / "firmware").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("create_task"):
                made = node.args[0]
                assert isinstance(made, ast.Call), (path, "what is made there?")
                found.add((path.stem, ast.unparse(made.func).split(".")[-1]))
    assert found == set(OTHERS)
    names = {"run"}
    for mode, tasks in TASKS.items():
        told, _ = cabinet_runs.run("faults.py", lists, tmp_path / mode, mode, "none")
        assert set(told["tasks"]) == set(tasks)
        names |= set(tasks)
        assert set(told["coroutines"]) <= names | {name for _, name in OTHERS}


def test_without_a_fault(run, tmp_path):
    told, _ = run("none")
    check(told, tmp_path)
    assert told["resets"] == []
    assert told["deaths"] == 0
    assert longest_gap(told) <= 12
    assert told["mqtt"] > 700  # the broker in it answers


@pytest.mark.parametrize(
    "fault", [f"{task}:{kind}" for task in TASKS["cabinet"] for kind in KINDS]
)
def test_a_task_that_dies_or_hangs_is_started_again(run, tmp_path, fault):
    told, printed = run("task:" + fault)
    check(told, tmp_path, 1)
    assert told["resets"] == [], "no reset as a remedy while lists arrive"
    assert "task " + fault.split(":")[0] in printed


@pytest.mark.parametrize("fault", INNER + [f":{kind}" for kind in KINDS])
def test_a_task_of_a_task_s(run, tmp_path, fault):
    """The last ones: an event stream's."""
    told, _ = run(("stream" if fault[0] == ":" else "task:") + fault)
    check(told, tmp_path)
    assert told["resets"] == []
    assert told["mqtt"] > 500


@pytest.mark.parametrize("kind", KINDS)
def test_the_health_check_itself(run, tmp_path, kind):
    told, _ = run("task:run:" + kind)
    assert {why for _, why in told["resets"]} == {"watchdog" if kind == "hang" else "restart 2"}
    check(told, tmp_path, 0 if kind == "hang" else 1)


@pytest.mark.parametrize("kind", [*KINDS, "starve"])
def test_an_update_on_trial(run, tmp_path, kind):
    told, _ = run("task:trial:" + kind, "trial")
    check(told, tmp_path)
    assert told["resets"] == []
    assert told["slots"][:2] == ["a", "-"], "what works stays"


@pytest.mark.parametrize("fault", each(TASKS["setup"]))
def test_the_first_start(run, tmp_path, fault):
    told, _ = run("task:" + fault, "setup")
    check(told, tmp_path, 1)
    assert told["resets"] == []


@pytest.mark.parametrize("fault", each(TASKS["safe"]))
def test_safe_mode(run, fault):
    told, _ = run("task:" + fault, "safe")
    assert told["injected"]
    assert told["deaths"] >= 1
    # its own quiet hour, and the hour after that
    assert told["resets"]
    assert [why for _, why in told["resets"]] == ["restart 1"] * len(told["resets"])


@pytest.mark.parametrize(
    "task",
    [*TASKS["cabinet"], "run", *(("_accept", "_serve", "_session", "_read") if FULL else ())],
)
def test_a_task_that_starves(run, tmp_path, task):
    """No heap for 35 s."""
    told, _ = run(f"task:{task}:starve")
    check(told, tmp_path)
    assert all(why != "watchdog" for _, why in told["resets"])


@pytest.mark.parametrize(
    "fault", [f"task:{task}:block" for task in (*TASKS["cabinet"], "run")] + BLOCKED
)
def test_what_keeps_the_processor_is_ended_by_the_watchdog(run, tmp_path, fault):
    told, _ = run(fault)
    assert told["resets"]
    assert {why for _, why in told["resets"]} == {"watchdog"}
    assert longest_gap(told) <= BLOCKED_S
    check(told, tmp_path)


@pytest.mark.parametrize("fault", CALLS + HEAP + WIDE)
def test_a_call_that_fails(run, tmp_path, fault):
    told, _ = run(fault)
    check(told, tmp_path)
    assert all(why != "watchdog" for _, why in told["resets"])
