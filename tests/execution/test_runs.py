"""Runs of real workers: times, memory, private places, pools, and endings by the parent."""

from __future__ import annotations

import dataclasses
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterable
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from dfbench.errors import LimitError
from dfbench.execution import processes, sandbox
from dfbench.execution.executor import execute, warm_page_cache
from dfbench.execution.job import Job
from dfbench.execution.limits import Backend, clean_up
from dfbench.spec.limits import Limits
from dfbench.storage.records import Outcome, Phase, Run

from tests.faults.harness import choose, gone, left, victim

MIB = 2**20


@pytest.fixture(params=["cgroup2", "cgroup1", "watchdog", "none"])
def backend(request: pytest.FixtureRequest) -> Backend:
    try:
        return choose(request.param)
    except LimitError as error:
        pytest.skip(str(error))


def program(tmp_path: Path, text: str, name: str = "q1.py", **changes: Any) -> Job:
    file = tmp_path / name
    file.write_text(text)
    job = Job(
        engine="engine", query="q1", round=0, python=sys.executable, program=file,
        program_sha="sha", data=None, answer=None, warmups=0, runs=1, environment={},
        limits=Limits(memory=500 * MIB, time=30.0, threads=1),
    )  # fmt: skip
    return dataclasses.replace(job, **changes)


def ok(job: Job, backend: Backend | None = None) -> Run:
    run = execute(job, backend or choose())
    assert run.outcome == Outcome.OK, f"{run.evidence}\n{run.log}"
    return run


COMPLETE = """
import time
import pyarrow as pa

def load(path):
    return pa.table({"text": [open(path).read()]})

def query(data):
    time.sleep(0.01)
    return data.slice(0)

def rows(answer):
    return answer
"""


def test_a_run_has_every_time_and_its_answer(tmp_path: Path, backend: Backend) -> None:
    data, answer = tmp_path / "data", tmp_path / "answer.arrow"
    data.write_text("ten")
    job = program(tmp_path, COMPLETE, data=data, answer=answer, warmups=2, runs=3)
    run = ok(job, backend)
    times = run.times
    assert (len(times.warmups), len(times.hot), run.rows) == (2, 3, 1)
    assert min(times.cold or 0, *times.warmups, *times.hot) >= 0.01
    parts = (times.interpreter, times.startup, times.load, times.collect, times.wall, times.cpu)
    assert all(part is not None and part > 0 for part in parts)
    assert (run.phase, run.evidence, run.log, run.program) == (Phase.DONE, "", "", "sha")
    with pa.memory_map(str(answer)) as file:
        assert pa.ipc.open_file(file).read_all().to_pylist() == [{"text": "ten"}]


def test_a_frame_that_is_a_tuple_is_one_argument(tmp_path: Path) -> None:
    text = """
def load():
    return "names", "values"

def query(data):
    assert data == ("names", "values")
    return [*data]

def rows(answer):
    return None
"""
    ok(program(tmp_path, text, answer=None))


LOADED = """
import pandas as pd
import pyarrow as pa
class Untold(pd.DataFrame):
    @property
    def dtypes(self):
        raise RuntimeError("not told")
Untold.__module__ = "pandas"
def load(path):
    return {kind}({{"x": [1], "y": [0.5]}})
def query(data):
    return data.copy()
def rows(answer):
    return pa.table({{"x": [1]}})
"""


@pytest.mark.parametrize(
    ("kind", "told"), [("pd.DataFrame", {"x": "int64", "y": "float64"}), ("Untold", {})]
)
def test_a_run_has_the_types_of_what_it_loaded_where_they_are_told(
    tmp_path: Path, kind: str, told: dict[str, str]
) -> None:
    pytest.importorskip("pandas")
    text = LOADED.format(kind=kind)
    job = program(tmp_path, text, data=tmp_path, answer=tmp_path / "answer.arrow")
    assert ok(job).columns == told


def test_every_phase_has_its_own_peak(tmp_path: Path, backend: Backend) -> None:
    text = """
import time
def load():
    held = bytearray(100_000_000)
    time.sleep(0.1)
    return held
def query(data):
    data.clear()
    time.sleep(0.1)
"""
    memory = ok(program(tmp_path, text), backend).memory
    assert (memory.startup or 0) < 50_000_000
    assert 100_000_000 < (memory.load or 0) < 150_000_000
    assert memory.peak == memory.load
    assert memory.measure


SHARING = """
import mmap, os, time
def load():
    pages = mmap.mmap(-1, 100_000_000)
    pages.write(bytes(100_000_000))
    own = bytearray(100_000_000)
    children = []
    for _ in range(3):
        if child := os.fork():
            children.append(child)
        else:
            sum(pages[::4096])
            time.sleep(1.0)
            os._exit(0)
    for child in children:
        os.waitpid(child, 0)
def query(data): pass
"""


def test_shared_pages_count_once_and_are_not_forgotten(tmp_path: Path, backend: Backend) -> None:
    peak = ok(program(tmp_path, SHARING), backend).memory.peak or 0
    # 100 MB shared by four, 100 MB inherited by four, one copy while writing: 300 at the most.
    assert 200_000_000 < peak < 345_000_000


def test_files_in_shared_memory_count_without_being_mapped(
    tmp_path: Path, backend: Backend
) -> None:
    text = """
import time
def load():
    with open("/dev/shm/held", "wb") as file: file.write(bytes(100_000_000))
    time.sleep(0.2)
def query(data): pass
"""
    peak = ok(program(tmp_path, text), backend).memory.peak or 0
    assert 100_000_000 < peak < 250_000_000
    assert os.geteuid() != 0 or not Path("/dev/shm/held").exists()


def test_segments_are_a_runs_when_it_holds_them_and_they_are_new() -> None:
    old, new = (SharedMemory(create=True, size=10) for _ in range(2))
    try:
        files = {name: Path("/dev/shm") / name for name in (old.name, new.name)}
        assert set(files.values()) <= sandbox.find_segments([os.getpid()])
        assert not set(files.values()) & sandbox.find_segments([1 << 30])
        sandbox.remove_segments(set(files.values()), {files[old.name]})
        assert [files[segment.name].exists() for segment in (old, new)] == [True, False]
    finally:
        old.close()
        old.unlink()
        new.close()
        resource_tracker.unregister(f"/{new.name}", "shared_memory")


def test_processors_of_the_whole_tree_are_counted(tmp_path: Path) -> None:
    text = """
import subprocess, sys
def load(): subprocess.run([sys.executable, "-c", "sum(range(10_000_000))"])
def query(data): pass
"""
    alone = ok(program(tmp_path, "def load(): pass\ndef query(data): pass")).times.cpu or 0
    assert (ok(program(tmp_path, text)).times.cpu or 0) > alone + 0.05


SPINNING = """
import multiprocessing, time
def spin(seconds):
    ends = time.monotonic() + seconds
    while time.monotonic() < ends: pass
def load(): pass
def query(data):
    with multiprocessing.get_context("fork").Pool(4) as pool:
        pool.map(spin, [0.4] * 4, chunksize=1)
"""


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one core holds every engine to one")
def test_a_tree_runs_on_no_more_cores_than_its_threads(tmp_path: Path) -> None:
    times = ok(program(tmp_path, SPINNING)).times
    # The processor's seconds come in ticks of 10 ms and lag by one for each process.
    assert (times.cpu or 0) <= 1.15 * (times.wall or 0)


PLACES = """
import json, os, tempfile
def load():
    told = dict(os.environ)
    told |= {"folder": os.getcwd(), "made": tempfile.mkdtemp()}
    told |= {"cores": len(os.sched_getaffinity(0))}
    told |= {"modules": sorted(__import__("sys").modules)}
    open(RESULT, "w").write(json.dumps(told))
def query(data): pass
"""


def test_a_worker_has_private_places_its_threads_and_switches(tmp_path: Path) -> None:
    import json

    text = PLACES.replace("RESULT", repr(str(tmp_path / "told")))
    ok(program(tmp_path, text, environment={"OWN": "1", "MKL_NUM_THREADS": "7"}))
    told = json.loads((tmp_path / "told").read_text())
    assert told["TMPDIR"] == told["RAY_TMPDIR"] == told["JOBLIB_TEMP_FOLDER"] == told["folder"]
    assert told["made"].startswith(told["folder"])
    assert not Path(told["folder"]).exists()
    assert (told["cores"], told["OMP_NUM_THREADS"]) == (1, "1")
    assert (told["OWN"], told["MKL_NUM_THREADS"]) == ("1", "7")
    assert not [name for name in told["modules"] if name.partition(".")[0] in {"dfbench", "numpy"}]


POOLS = """
import concurrent.futures as futures
import multiprocessing

def double(number):
    return 2 * number

def load():
    return list(range(4))

def query(data):
    for method in ("fork", "spawn", "forkserver"):
        with multiprocessing.get_context(method).Pool(2) as pool:
            assert pool.map(double, data) == [0, 2, 4, 6]
    with futures.ProcessPoolExecutor(2) as pool:
        assert list(pool.map(double, data)) == [0, 2, 4, 6]
"""
LOKY = """
import joblib, loky

def double(number):
    return 2 * number

def load():
    return list(range(4))

def query(data):
    assert list(loky.get_reusable_executor(2).map(double, data)) == [0, 2, 4, 6]
    work = (joblib.delayed(double)(number) for number in data)
    assert joblib.Parallel(n_jobs=2)(work) == [0, 2, 4, 6]
"""


@pytest.mark.parametrize("name", ["q1.py", "random.py", "pandas+numba q 1.0-ü.py"])
def test_pools_find_the_programs_functions_whatever_its_name(tmp_path: Path, name: str) -> None:
    ok(program(tmp_path, POOLS, name))


def test_loky_and_joblib_find_the_programs_functions(tmp_path: Path) -> None:
    pytest.importorskip("loky")
    pytest.importorskip("joblib")
    ok(program(tmp_path, LOKY))


def test_a_cluster_is_started_before_loading_and_kept_alive(tmp_path: Path) -> None:
    text = """
import gc, weakref
class Cluster: pass
def start():
    global seen
    cluster = Cluster()
    seen = weakref.ref(cluster)
    return cluster
def load(): return seen
def query(data):
    gc.collect()
    assert data() is not None
"""
    ok(program(tmp_path, text))


def test_an_answer_is_dropped_before_the_next_execution(tmp_path: Path) -> None:
    text = """
import weakref
class Answer: pass
held = []
def load(): pass
def query(data):
    assert not held or held[-1]() is None
    answer = Answer()
    held.append(weakref.ref(answer))
    return answer
"""
    ok(program(tmp_path, text, warmups=1, runs=3))


def test_a_traceback_shows_the_programs_own_file_and_line(tmp_path: Path) -> None:
    text = "def load(): pass\ndef query(data):\n    return data.nowhere\n"
    run = execute(program(tmp_path, text), choose())
    assert (run.outcome, run.phase) == (Outcome.CRASHED, Phase.QUERY)
    assert f'File "{tmp_path / "q1.py"}", line 3, in query' in run.log
    assert "return data.nowhere" in run.log
    assert "worker.py" not in run.log


def test_a_log_keeps_its_end_and_stays_small(tmp_path: Path) -> None:
    text = """
import os
def load(): pass
def query(data):
    print("x" * 10_000_000)
    print("the end", flush=True)
    os._exit(7)
"""
    run = execute(program(tmp_path, text), choose())
    assert run.log.endswith("the end\n")
    assert len(run.log) <= 64 * 1024


def test_a_run_that_is_ok_keeps_its_warnings_alone(tmp_path: Path) -> None:
    warned = """
import warnings
import pyarrow as pa

def load():
    return 1

def query(data):
    print("much else")
    warnings.warn("`mode` is not supported: defaulting to pandas")
    return pa.table({"n": [1]})

def rows(answer):
    return answer
"""
    run = ok(program(tmp_path, warned))
    assert run.log.endswith("UserWarning: `mode` is not supported: defaulting to pandas")
    assert "\n" not in run.log


def test_a_missing_engine_is_not_installed(tmp_path: Path) -> None:
    run = execute(program(tmp_path, "import no_such_engine\n"), choose())
    assert (run.outcome, run.phase) == (Outcome.NOT_INSTALLED, Phase.STARTUP)
    assert "no_such_engine" in run.evidence


def test_a_missing_interpreter_is_not_installed(tmp_path: Path) -> None:
    run = execute(program(tmp_path, "", python=str(tmp_path / "python")), choose())
    assert run.outcome == Outcome.NOT_INSTALLED
    assert str(tmp_path / "python") in run.evidence


def test_a_kill_from_outside_is_tried_once_more(tmp_path: Path) -> None:
    text = f"""
import os, pathlib, signal
first = pathlib.Path({str(tmp_path / "first")!r})
def load(): pass
def query(data):
    if not first.exists():
        first.touch()
        os.kill(os.getpid(), signal.SIGKILL)
"""
    ok(program(tmp_path, text))


def test_a_limit_that_cannot_be_held_is_an_error(tmp_path: Path) -> None:
    job = program(tmp_path, "")
    with pytest.raises(LimitError, match="unknown limit backend"):
        execute(job, dataclasses.replace(choose("none"), name="nothing"))


def test_two_runs_at_the_same_time_do_not_touch_each_other(tmp_path: Path) -> None:
    text = "import time\ndef load(): time.sleep(0.5)\ndef query(data): pass\n"
    runs: list[Run] = []
    jobs = [program(tmp_path, text, f"q{n}.py") for n in range(3)]
    threads = [threading.Thread(target=lambda j=job: runs.append(ok(j))) for job in jobs]
    for thread in threads:
        thread.start()
    clean_up()
    for thread in threads:
        thread.join()
    assert len(runs) == 3


def test_two_starts_may_remove_the_same_folders() -> None:
    dead = [Path("/tmp", f"{processes.PREFIX}{2**22}-{n}") for n in range(400)]
    for folder in dead:
        folder.mkdir()
    other = threading.Thread(target=lambda: [shutil.rmtree(one, True) for one in dead])
    other.start()
    while other.is_alive():
        clean_up()
    assert not any(folder.exists() for folder in dead)


def test_runs_share_the_process_that_starts_their_supervisors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = """
import os
import pyarrow as pa
def load(): return open(f"/proc/{os.getppid()}/stat").read().rpartition(")")[2].split()[1]
def query(data): return pa.table({"pid": [int(data)], "mark": [os.environ.get("A_MARK")]})
def rows(answer): return answer
"""

    def find_starter(number: int) -> tuple[int, str | None]:
        answer = tmp_path / f"{number}.arrow"
        ok(program(tmp_path, text, answer=answer))
        found = pa.ipc.open_file(answer).read_all()
        return found["pid"][0].as_py(), found["mark"][0].as_py()

    first = find_starter(0)
    assert find_starter(1) == first
    monkeypatch.setenv("A_MARK", "set")
    other, mark = find_starter(2)
    assert other != first[0]
    assert mark == "set"  # A process with the old environment is not asked again.
    os.kill(other, signal.SIGKILL)
    assert find_starter(3)[0] != other


def test_warming_reads_the_whole_file(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(bytes(20_000_000))
    warm_page_cache(tmp_path / "data")
    with pytest.raises(FileNotFoundError):
        warm_page_cache(tmp_path / "nothing")


ENDINGS = {
    "Ctrl-C": (signal.SIGINT,),
    "Ctrl-C twice": (signal.SIGINT, signal.SIGINT),
    "SIGTERM": (signal.SIGTERM,),
    "kill -9": (signal.SIGKILL,),
}


@pytest.mark.parametrize("name", ENDINGS)
def test_nothing_is_left_when_the_parent_is_ended(tmp_path: Path, name: str) -> None:
    mark = uuid.uuid4().hex
    before = left(mark)
    with victim(choose().name, "fork bomb", mark, tmp_path) as parent:
        wait_for(mark, 100)
        for number in ENDINGS[name]:
            parent.send_signal(number)
        assert parent.wait(300) != 0
    assert not gone(mark, before)


def test_the_next_start_removes_what_two_kills_left(tmp_path: Path, backend: Backend) -> None:
    mark = uuid.uuid4().hex
    before = left(mark)
    with victim(backend.name, "daemonise and wait", mark, tmp_path) as parent:
        wait_for(mark, 4)
        children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
        for pid in (*map(int, children), parent.pid):
            os.kill(pid, signal.SIGKILL)
    assert left(mark).since(before)
    clean_up()
    assert not gone(mark, before)


def test_a_sweep_waits_for_the_end_of_what_it_kills(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = processes.kill
    asked: list[list[int]] = []

    def slowly(victims: Iterable[int]) -> None:
        asked.append(list(victims))
        if len(asked) > 1:
            at_once(asked[-1])

    monkeypatch.setattr(processes, "kill", slowly)
    # Any dfbench that starts meanwhile sweeps as well: it must not see this orphan.
    monkeypatch.setattr(processes, "TAG_VARIABLE", "DFBENCH_TEST_ORPHAN")
    tag = f"{os.getpid()}-1"  # of a supervisor that had this pid before
    with subprocess.Popen(["sleep", "60"], env={processes.TAG_VARIABLE: tag}) as orphan:
        clean_up()
        orphan.kill()
    assert asked[:2] == [[orphan.pid], [orphan.pid]]


def test_groups_are_swept_wherever_the_dead_run_stood(tmp_path: Path) -> None:
    dead = f"dfbench-{os.getpid()}-1"
    elsewhere = tmp_path / "other group" / dead
    elsewhere.mkdir(parents=True)
    (elsewhere.parent / "precious").mkdir()
    place = Path(tempfile.gettempdir()) / dead
    place.mkdir()
    (place / sandbox.GROUPS_FILE).write_text(f"{elsewhere}\n{elsewhere.parent / 'precious'}")
    clean_up()
    assert not place.exists()
    assert [left.name for left in elsewhere.parent.iterdir()] == ["precious"]


def wait_for(mark: str, count: int) -> None:
    deadline = time.monotonic() + 300
    while len(left(mark).processes) < count:
        assert time.monotonic() < deadline
        time.sleep(0.02)


SPILLING = """
import os, tempfile, time

def load(path):
    with tempfile.NamedTemporaryFile() as file:
        file.write(os.urandom(24 * 2**20))
        file.flush()
        time.sleep(1)

def query(data):
    pass
"""


def test_what_a_run_spills_to_the_disk_is_counted_at_its_peak(tmp_path: Path) -> None:
    data = tmp_path / "data"
    run = ok(program(tmp_path, SPILLING, data=data))
    assert 24 * MIB <= run.memory.disk < 30 * MIB
    idle = "def load(path): ...\ndef query(data): ...\n"
    assert ok(program(tmp_path, idle, "q2.py", data=data)).memory.disk < MIB


SLOW = """
import time

calls = 0

def load():
    return None

def query(data):
    global calls
    calls += 1
    time.sleep(0.3 if calls == 1 else LATER)

def rows(answer):
    return None
"""


def test_the_time_limit_cuts_warmups_and_all_hot_runs_but_the_first(tmp_path: Path) -> None:
    limits = Limits(memory=None, time=5.0, threads=1)
    text = SLOW.replace("LATER", "0.3")
    run = ok(program(tmp_path, text, limits=limits, warmups=50, runs=50))
    assert 0 < len(run.times.warmups) < 50
    assert 0 < len(run.times.hot) < 50


def test_a_timeout_after_a_cold_answer_says_so_and_keeps_its_time(tmp_path: Path) -> None:
    limits = Limits(memory=None, time=2.0, threads=1)
    run = execute(program(tmp_path, SLOW.replace("LATER", "1000"), limits=limits), choose())
    assert run.outcome is Outcome.TIMEOUT
    assert run.evidence.startswith("answered once in 0.3")
    assert "then timed out after 2 s" in run.evidence
    assert run.times.cold == pytest.approx(0.3, abs=0.2)
