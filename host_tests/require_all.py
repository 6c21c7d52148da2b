"""A pytest plugin that turns every skip into a failure: `pytest -p require_all`.

A test may skip where a tool is missing, a browser for instance. Where all of them are installed,
as under .ci/run, a skip would hide a part that was not tested.
"""

import pytest


def _as_failure(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"skipped, but everything must run here: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    report = yield
    _as_failure(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    report = yield
    _as_failure(report)
    return report
