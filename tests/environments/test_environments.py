"""Environments: pins, interpreters, and folders that are believed only when they are whole."""

from __future__ import annotations

import fcntl
import json
import os
import platform
import subprocess
import sys
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest
from dfbench.engines import find, install_command
from dfbench.engines.base import Resources
from dfbench.engines.versions import Versioned
from dfbench.environments import pythons, store
from dfbench.environments.pins import (
    Pins,
    choose_pins,
    find_newest,
    load_shipped,
    write_requirements,
)
from dfbench.environments.provider import Provider, explain_missing_device, find_current_interpreter
from dfbench.environments.store import (
    MANIFEST,
    find_folder,
    load,
    make_environment,
    prune_environments,
)
from dfbench.errors import EngineError
from dfbench.spec.reader import read
from dfbench.spec.schema import Column, Schema

HERE = pythons.find_current_python()
NOTHING = Pins("", "nothing")
TEXT = Schema(
    tuple(
        Column(n, "string" if n < "id4" else "int", "string")
        for n in ("id1", "id2", "id3", "id4", "id5", "id6", "v1", "v2", "v3")
    ),
    10,
)


def provider(cache: Path) -> Provider:
    return Provider(cache, os.environ["PATH"], Path.home())


def silent(words: str) -> None:
    """Ignore the progress."""


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """An environment without packages: made by venv, with no network."""
    folder = find_folder(tmp_path, NOTHING, HERE, "nothing")
    subprocess.run([HERE.path, "-m", "venv", "--without-pip", folder], check=True)
    mark = {"engine": "serial@newest", "pins": "", "python": HERE.version, "by": "venv", "made": ""}
    (folder / MANIFEST).write_text(json.dumps(mark))
    return folder


@pytest.mark.parametrize(
    ("name", "version", "python"),
    [
        ("pandas@3.1", "3.1", ""),
        ("pandas@newest", "newest", ""),
        ("polars/in-memory@1.30", "1.30", ""),
        ("futures-thread@python3.13t", "", "python3.13t"),
        ("pandas@2.3@python3.12", "2.3", "python3.12"),
        ("pandas@/usr/bin/python3", "", "/usr/bin/python3"),
    ],
)
def test_a_version_and_an_interpreter_stand_behind_the_at(
    name: str, version: str, python: str
) -> None:
    engine = find(name)
    assert isinstance(engine, Versioned)
    assert (engine.name, engine.version, engine.python) == (name, version, python)


@pytest.mark.parametrize("name", ["pandas@", "pandas@three", "pandas@3.1@2.3", "pandas@3.1.x"])
def test_anything_else_behind_the_at_is_a_mistake_with_an_example(name: str) -> None:
    with pytest.raises(EngineError, match=r"pandas@3\.1"):
        find(name)


def test_the_engine_before_the_at_is_named_when_it_is_unknown() -> None:
    with pytest.raises(EngineError, match="modin/ray is what modin does by default: write modin"):
        find("modin/ray@newest")
    with pytest.raises(EngineError, match=r"before the @, as in duckdb/scan@2\.0"):
        find("duckdb@2.0/scan")
    with pytest.raises(EngineError, match="did you mean 'pandas'"):
        find("panda@3.1")


@pytest.mark.parametrize("pins", load_shipped(), ids=lambda pins: pins.shipped)
def test_the_pins_that_ship_pin_everything_and_name_no_place(pins: Pins) -> None:
    versions = pins.find_versions("3.12.1")
    assert all(versions.values())
    assert "http" not in pins.text
    own, _, version = pins.shipped.rpartition("-")
    assert any(found.startswith(f"{version}.") for name, found in versions.items()), own


def test_the_smallest_pins_that_fit_are_taken() -> None:
    pins = choose_pins(find("pandas@2.3"), "3.11.7", load_shipped())
    assert pins.shipped == "pandas-2.3"


@pytest.mark.parametrize("name", ["polars@newest", "duckdb@newest", "polars@python3.12"])
def test_the_newest_pins_are_taken_where_no_version_is_asked_for(name: str) -> None:
    engine = find(name)
    assert isinstance(engine, Versioned)
    newest = find_newest(engine, "3.11.7", load_shipped())
    assert (
        choose_pins(engine, "3.11.7", load_shipped()).shipped
        == f"{engine.distributions[0]}-{newest}"
    )


def test_a_version_without_pins_is_asked_for_as_it_was_asked() -> None:
    pins = choose_pins(find("polars@1.25"), "3.11.7", load_shipped())
    assert (pins.text, pins.shipped) == ("polars==1.25.*\npyarrow\n", "")
    assert write_requirements(find("ibis@newest")).startswith("ibis-framework[duckdb]\n")


def test_newest_is_the_highest_version_and_not_the_last_in_the_alphabet() -> None:
    pins = (Pins("polars==1.9.0\npyarrow==26.0.1\n"), Pins("polars==1.30.0\npyarrow==26.0.1\n"))
    assert find_newest(find("polars@newest"), "3.11.7", pins) == "1.30"


def test_isolation_gives_every_engine_its_newest_pins(tmp_path: Path) -> None:
    names = provider(tmp_path).resolve_names(
        ["pandas", "polars/in-memory", "duckdb@1.4"], isolate=True
    )
    assert names[0].startswith("pandas@3.")
    assert names[1].startswith("polars/in-memory@2.")
    assert names[2] == "duckdb@1.4"


def test_an_interpreter_is_that_of_the_engines_that_name_none(tmp_path: Path) -> None:
    names = ["futures-thread", "pandas@3.1", "serial@python3.12"]
    found = provider(tmp_path).resolve_names(names, python="/opt/bin/python3.13t")
    assert found == (
        "futures-thread@/opt/bin/python3.13t",
        "pandas@3.1@/opt/bin/python3.13t",
        "serial@python3.12",
    )


def test_programs_fit_the_version_they_run_on(tmp_path: Path) -> None:
    query = read("groupby").query("q1")

    def text(name: str) -> str:
        versions = provider(tmp_path).plan_interpreter(find(name)).versions
        return find(name).write(query, TEXT, Resources(versions=versions)).text

    assert "infer_string" in text("pandas@2.3")
    assert "infer_string" not in text("pandas@3.1")
    assert ".fetch_arrow_table()" in text("duckdb@1.4")
    assert ".to_arrow_table()" in text("duckdb@2.0")
    assert text("pandas@3.1").startswith('"""q1: sum v1 by id1 - pandas@3.1"""')


def test_an_environments_versions_are_those_that_lie_in_it(empty: Path) -> None:
    site = next(empty.glob("lib/python*/site-packages"))
    (site / "Some_Engine-1.2.3.dist-info").mkdir()
    (site / "Some_Engine-1.2.3.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: Some_Engine\nVersion: 1.2.3\n"
    )
    found = load(empty).find_versions(("some-engine", "pandas"))
    assert found == {"some-engine": "1.2.3"}


def test_what_was_interrupted_is_not_believed_and_is_made_anew(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (empty / MANIFEST).unlink()
    (empty / "half").touch()
    assert load(empty) is None
    make = [HERE.path, "-m", "venv", "--without-pip", str(empty)]
    monkeypatch.setattr(store, "_build_steps", lambda *_: ("venv", [(make, "")]))
    found = make_environment(empty, "nothing", NOTHING, HERE, silent)
    assert not (empty / "half").exists()
    assert load(empty) == found


def test_what_fails_leaves_nothing_that_is_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = find_folder(tmp_path, NOTHING, HERE, "x")
    fails = [HERE.path, "-c", "import sys; sys.exit('No solution found: x==9 is not there')"]
    monkeypatch.setattr(store, "_build_steps", lambda *_: ("pip", [(fails, "")]))
    with pytest.raises(EngineError, match=r"cannot make an environment for x@9.*No solution"):
        make_environment(folder, "x@9", NOTHING, HERE, silent)
    assert load(folder) is None


@pytest.mark.parametrize(
    "said", ["error: dns error", "Connection refused", "Network is unreachable"]
)
def test_offline_is_a_sentence_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    fails = [HERE.path, "-c", f"import sys; sys.exit({said!r})"]
    monkeypatch.setattr(store, "_build_steps", lambda *_: ("uv", [(fails, "")]))
    with pytest.raises(EngineError, match=r"run `dfbench env make pandas@3\.1`"):
        make_environment(tmp_path / "e", "pandas@3.1", NOTHING, HERE, silent)


def _hold(path: str, ready: Event, done: Event) -> None:
    with store._lock(Path(path)):
        ready.set()
        done.wait(300)


def test_pruning_leaves_what_is_being_made_and_what_is_kept(tmp_path: Path) -> None:
    whole, making, left = (tmp_path / "environments" / name for name in ("a", "b", "c"))
    for folder in (whole, making, left):
        folder.mkdir(parents=True)
    mark = {"engine": "x", "pins": "", "python": "", "by": "", "made": ""}
    (whole / MANIFEST).write_text(json.dumps(mark))
    context = get_context("spawn")
    ready, done = context.Event(), context.Event()
    holder = context.Process(target=_hold, args=(str(making), ready, done))
    holder.start()
    try:
        assert ready.wait(300)
        gone, _ = prune_environments(tmp_path, lambda _: True)
    finally:
        done.set()
        holder.join()
    assert gone == (left,)
    assert whole.exists()
    assert making.exists()


def test_the_key_of_an_environment_is_its_content(tmp_path: Path) -> None:
    other = pythons.Python(HERE.path, "3.99.0")
    folders = {
        find_folder(tmp_path, Pins("a==1\n"), HERE, "x"),
        find_folder(tmp_path, Pins("a==2\n"), HERE, "x"),
        find_folder(tmp_path, Pins("a==1\n"), other, "x"),
    }
    assert len(folders) == 3
    assert find_folder(tmp_path, Pins("a==1\n"), HERE, "x") in folders


def test_an_interpreter_that_does_not_run_is_passed_over(tmp_path: Path) -> None:
    shims, real = tmp_path / "shims", tmp_path / "real"
    shims.mkdir()
    real.mkdir()
    (shims / "python3.99").write_text("#!/bin/sh\nexit 127\n")
    (shims / "python3.99").chmod(0o755)
    (real / "python3.99").symlink_to(sys.executable)
    assert pythons.find_python("python3.99", str(shims), tmp_path) is None
    found = pythons.find_python("python3.99", f"{shims}{os.pathsep}{real}", tmp_path)
    assert found is not None
    assert found.version == HERE.version


def test_without_its_interpreter_an_engine_is_a_problem_in_words(tmp_path: Path) -> None:
    found = provider(tmp_path).provide_interpreter(find("pandas@python3.99"), silent)
    assert "no working python3.99 was found" in found.problem


@pytest.mark.parametrize("name", ["cudf", "polars/gpu", "cudf@newest"])
def test_an_engine_of_a_device_says_that_there_is_none(name: str, tmp_path: Path) -> None:
    (tmp_path / "there").touch()
    assert explain_missing_device(find(name), tmp_path / "none").startswith(
        "it needs an NVIDIA GPU"
    )
    assert not explain_missing_device(find(name), tmp_path / "there")
    assert not explain_missing_device(find("polars"), tmp_path / "none")


def test_what_is_not_installed_here_says_both_ways_to_have_it() -> None:
    problem = find_current_interpreter(find("cudf")).problem
    assert "cudf-cu12" in problem
    assert "cudf@newest uses an environment" in problem


def test_a_lock_outlives_its_process_in_its_child(tmp_path: Path) -> None:
    path = tmp_path / "e"
    child = "import time; print('up', flush=True); time.sleep(30)"
    with store._lock(path) as lock:
        maker = subprocess.Popen(
            [sys.executable, "-c", child], pass_fds=(lock,), stdout=subprocess.PIPE
        )
        maker.stdout.readline()
    try:
        with (
            pytest.raises(BlockingIOError),
            store._lock(path, fcntl.LOCK_EX | fcntl.LOCK_NB),
        ):
            pass
    finally:
        maker.kill()
        maker.wait()


def test_an_engine_that_downgrades_others_is_offered_in_an_environment_of_its_own() -> None:
    modin = find("modin")
    assert install_command(modin) == "dfbench env make modin@newest"
    assert install_command(find("cudf")) == "pip install cudf-cu12"


def test_an_engine_without_wheels_for_this_python_gets_the_newest_that_it_has_them_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "python_version", lambda: "3.13.0")
    here = Provider(tmp_path, str(tmp_path), tmp_path)
    assert "no working python3.12" in here.plan_interpreter(find("datatable@newest")).problem
    (tmp_path / "python3.12").symlink_to(HERE.path)
    assert here.plan_interpreter(find("datatable@newest")).python == HERE.version
    assert here.plan_interpreter(find("polars@newest")).python == "3.13.0"
    assert install_command(find("datatable")) == "dfbench env make datatable@newest"
