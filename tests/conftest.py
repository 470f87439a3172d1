"""How tests are spread over processes: those of one file, or of one engine in it, share one."""

from __future__ import annotations

import re

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# `test_answers_are_…_every_frame[modin/dask-sum]`: an engine starts once for all its cases.
BY_ENGINE = ("tests/conformance/", "tests/testing/test_canaries.py")
ENGINE = re.compile(r"\[([^\]-]*)")


class ByEngine(LoadScopeScheduling):
    """Keeps together what shares an engine's process."""

    def _split_scope(self, nodeid: str) -> str:
        path, _, name = nodeid.partition("::")
        found = ENGINE.search(name) if path.startswith(BY_ENGINE) else None
        return f"{path} {found[1]}" if found else path


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByEngine | None:
    if config.getvalue("dist") != "loadscope":
        return None
    # The order of collection has the small parts last; that of test counts has slow ones there.
    config.option.loadscopereorder = False
    return ByEngine(config, log)
