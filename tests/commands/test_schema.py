"""`dfbench schema`: the schema that editors read."""

from __future__ import annotations

import json

import pytest

from tests.support.command_line import run_dfbench


def test_the_schema_is_the_one_in_the_docs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_dfbench(monkeypatch, "schema") == 0
    assert json.loads(capsys.readouterr().out)["title"] == "dfbench workload"
