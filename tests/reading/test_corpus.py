"""Snippets in the manner of real notebooks: what is read of each, and that pandas agrees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from dfbench.reading.model import Reading

from tests.fuzz.reading import find_differences
from tests.reading import corpus
from tests.reading.corpus import Snippet
from tests.reading.programs import check_programs


@pytest.fixture(scope="module", autouse=True)
def _folder() -> Iterator[Path]:
    with corpus.data_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def readings() -> dict[Snippet, Reading]:
    return {snippet: corpus.read(snippet) for snippet in corpus.snippets()}


def _is_at_hand(reading: Reading) -> bool:
    """Return whether there are queries, of files: none of a database that has to be given."""
    return bool(reading.workload) and all(frame.file for frame in reading.frames)


def _expected() -> dict[tuple[str, str], str]:
    found = {}
    for path in (corpus.HERE / "expected").glob("*.txt"):
        for part in re.split(r"^## ", path.read_text(), flags=re.MULTILINE)[1:]:
            name, _, text = part.partition("\n")
            found[path.stem, name] = text.strip("\n")
    return found


def test_each_snippet_is_read_as_expected(readings: dict[Snippet, Reading]) -> None:
    found = {
        (snippet.topic, snippet.name): corpus.describe(reading, snippet).strip("\n")
        for snippet, reading in readings.items()
    }
    assert found == _expected(), "run `python -m tests.reading.corpus` and review the difference"


def test_pandas_and_the_oracle_agree_on_all_that_is_read(
    readings: dict[Snippet, Reading],
) -> None:
    wrong = {
        snippet.name: how
        for snippet, reading in readings.items()
        if _is_at_hand(reading) and (how := corpus.differs(snippet, reading))
    }
    assert not wrong, wrong


def test_the_program_of_each_value_runs_twice_and_answers_as_the_oracle_does(
    readings: dict[Snippet, Reading],
) -> None:
    found = check_programs({s: one for s, one in readings.items() if _is_at_hand(one)})
    assert not found, found


def test_nine_of_ten_snippets_are_read_whole(readings: dict[Snippet, Reading]) -> None:
    asked = [reading for snippet, reading in readings.items() if snippet.topic != "refused"]
    whole = [one for one in asked if one.workload and not _unread(one)]
    assert len(asked) >= 300
    assert len(whole) >= 0.9 * len(asked)


def test_what_is_refused_is_a_sentence_at_its_line(readings: dict[Snippet, Reading]) -> None:
    refused = [one for snippet, one in readings.items() if snippet.topic == "refused"]
    assert all(_unread(one) for one in refused)


def _unread(reading: Reading) -> list[str]:
    return [one.text for one in reading.remarks if one.kind == "unread"]


def test_random_programs_mean_what_they_do_in_pandas() -> None:
    wrong, unread = find_differences(40, 108)
    assert wrong == []
    assert unread.total() <= 4, unread
