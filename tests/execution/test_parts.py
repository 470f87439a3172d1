"""The parts of running that need no process: schedules, verdicts, groups' files, cores, records."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from multiprocessing.pool import Pool
from pathlib import Path

import pyarrow as pa
import pytest
from dfbench.errors import LimitError
from dfbench.execution import machine, noise, processes, sandbox, worker
from dfbench.execution.job import Job, OtherData
from dfbench.execution.limits import Cause, cgroup, choose_backend, find_backend, selection
from dfbench.execution.limits.thrash_guard import ThrashDetector
from dfbench.execution.limits.watchdog import HeldMemory, sum_memory
from dfbench.execution.observation import End, Observation, ProgramError
from dfbench.execution.outcomes import decide_outcome
from dfbench.execution.protocol import WorkerReport
from dfbench.execution.schedule import shuffle_pairs
from dfbench.spec.limits import Limits
from dfbench.storage.records import Outcome, Phase

MIB = 2**20


def test_a_round_has_every_engine_with_every_query_once() -> None:
    pairs = shuffle_pairs(["a", "b", "c"], ["q1", "q2"], 0, 7)
    assert sorted(pairs) == [(e, q) for e in "abc" for q in ("q1", "q2")]


def test_the_order_follows_from_seed_and_round() -> None:
    names = [str(n) for n in range(9)]
    assert shuffle_pairs(names, names, 1, 7) == shuffle_pairs(names, names, 1, 7)
    assert shuffle_pairs(names, names, 1, 7) != shuffle_pairs(names, names, 2, 7)
    assert shuffle_pairs(names, names, 1, 7) != shuffle_pairs(names, names, 1, 8)


def failure(*types: str, message: str = "") -> ProgramError:
    return ProgramError(types, message, "")


STORES = """\
Failed in nopython mode pipeline (step: nopython frontend)
No implementation of function Function(<built-in function setitem>) found for signature:

 >>> setitem(array(float64, 2d, C), Tuple(int64, Literal[int](0)), """
VERDICTS = {
    "done": (Observation(End.DONE), Outcome.OK, ""),
    "kernel": (
        Observation(End.MEMORY, cause=Cause.KERNEL, died="x"),
        Outcome.OUT_OF_MEMORY,
        "kernel",
    ),
    "done, yet killed": (
        Observation(End.DONE, cause=Cause.KERNEL),
        Outcome.OUT_OF_MEMORY,
        "kernel",
    ),
    "host": (Observation(End.MEMORY, cause=Cause.HOST), Outcome.CRASHED, "machine itself"),
    "watchdog": (Observation(End.MEMORY, cause=Cause.WATCHDOG), Outcome.OUT_OF_MEMORY, "watchdog"),
    "thrash": (Observation(End.MEMORY, cause=Cause.THRASHING), Outcome.OUT_OF_MEMORY, "thrashing"),
    "error, yet killed": (
        Observation(End.ERROR, cause=Cause.KERNEL, failure=failure("BrokenProcessPool")),
        Outcome.OUT_OF_MEMORY,
        "kernel",
    ),
    "MemoryError below": (
        Observation(End.ERROR, failure=failure("_ArrayMemoryError", "MemoryError", "Exception")),
        Outcome.OUT_OF_MEMORY,
        "the engine raised _ArrayMemoryError",
    ),
    "dask": (
        Observation(End.ERROR, failure=failure("KilledWorker")),
        Outcome.OUT_OF_MEMORY,
        "raised",
    ),
    "bad_alloc": (
        Observation(End.ERROR, failure=failure("RuntimeError", message="std::bad_alloc")),
        Outcome.OUT_OF_MEMORY,
        "bad_alloc",
    ),
    "pool without a kill": (
        Observation(End.ERROR, failure=failure("BrokenProcessPool")),
        Outcome.CRASHED,
        "BrokenProcessPool",
    ),
    "no such module": (
        Observation(End.ERROR, failure=failure("ModuleNotFoundError", "ImportError")),
        Outcome.NOT_INSTALLED,
        "ModuleNotFoundError",
    ),
    "no such module later": (
        Observation(End.ERROR, phase=Phase.QUERY, failure=failure("ModuleNotFoundError")),
        Outcome.CRASHED,
        "during query",
    ),
    **{
        f"Numba stores no {kind}": (
            Observation(End.ERROR, failure=failure("TypingError", message=STORES + stored)),
            Outcome.CRASHED,
            f"the function returns {words}; a group function must return one number",
        )
        for kind, stored, words in (
            ("array", "array(float64, 1d, C))", "an array"),
            ("list", "list(float64)<iv=None>)", "a list"),
            ("text", "unicode_type)", "text"),
            ("nothing", "none)", "None"),
        )
    },
    "Numba unpacks no third": (
        Observation(
            End.ERROR,
            failure=failure(
                "TypingError",
                message="('wrong tuple length for $210call.16: ', 'expected 2, got 3')",
            ),
        ),
        Outcome.CRASHED,
        "the function returns 3 values, but 'as' names 2",
    ),
    "timer": (Observation(End.TIMER, held=10 * MIB), Outcome.TIMEOUT, "ended after 5 s during"),
    "timer, after a cold answer": (
        Observation(End.TIMER, Phase.QUERY, times={"cold": 41.5}),
        Outcome.TIMEOUT,
        "answered once in 41.5 s, then timed out after 5 s during query",
    ),
    "timer, after several answers": (
        Observation(End.TIMER, Phase.QUERY, times={"cold": 2.0}, warmups=(1.0,), hot=(1.0,)),
        Outcome.TIMEOUT,
        "answered 3 times, the first in 2 s, then timed out after 5 s",
    ),
    "timer, full": (Observation(End.TIMER, held=95 * MIB), Outcome.TIMEOUT, "memory pressure"),
    "exit 0": (
        Observation(End.EXIT, status=0),
        Outcome.CRASHED,
        "exited with status 0 without an answer",
    ),
    "exit 2": (Observation(End.EXIT, status=2), Outcome.CRASHED, "exited with status 2"),
    "signal 11": (Observation(End.EXIT, status=-11), Outcome.CRASHED, "SIGSEGV"),
    "signal 9": (Observation(End.EXIT, status=-9), Outcome.CRASHED, "outside"),
    "abort": (Observation(End.EXIT, status=-6), Outcome.CRASHED, "SIGABRT"),
    "abort on allocation": (
        Observation(End.EXIT, status=-6, log="memory allocation of 8 bytes failed"),
        Outcome.OUT_OF_MEMORY,
        "allocation",
    ),
    "closed": (Observation(End.CLOSED), Outcome.CRASHED, "closed"),
    "garbage": (Observation(End.GARBAGE), Outcome.CRASHED, "other than the worker wrote"),
    "faults": (Observation(End.DONE, faults=("kept", "late")), Outcome.WRONG, "kept; late"),
    "clock": (
        Observation(End.DONE, hot=(0.0, 0.0), observed=(0.5, 0.6)),
        Outcome.CRASHED,
        "0 s for an execution that took 0.5 s by the supervisor's clock",
    ),
    "late once": (Observation(End.DONE, hot=(0.1, 0.1), observed=(0.5, 0.1)), Outcome.OK, ""),
}


@pytest.mark.parametrize("name", VERDICTS)
def test_an_outcome_follows_from_its_evidence(name: str) -> None:
    seen, outcome, words = VERDICTS[name]
    verdict = decide_outcome(seen, 100 * MIB, 5.0)
    assert verdict.outcome == outcome
    assert words in verdict.evidence


def test_a_lost_connection_is_memory_only_where_the_monitor_had_killed() -> None:
    words = "distributed.nanny.memory - WARNING - Worker tcp (pid=7) exceeded 95% memory budget. "
    said = f"{words}Restarting...\n"
    lost = failure("CommClosedError", "in <TCP (closed)>: Stream is closed")
    gone = failure("KeyError", message="'tcp://127.0.0.1:39523'")
    other = failure("KeyError", "id1")
    ends = [
        decide_outcome(
            Observation(End.ERROR, Phase.LOAD, failure=what, log=log), 100 * MIB, None
        ).outcome
        for what, log in ((lost, said), (gone, said), (lost, ""), (gone, ""), (other, said))
    ]
    assert ends == [Outcome.OUT_OF_MEMORY] * 2 + [Outcome.CRASHED] * 3


def test_a_timeout_is_under_pressure_where_the_tree_was_full_or_a_worker_paused() -> None:
    seen = {
        "idle": Observation(End.TIMER, held=50 * MIB),
        "full": Observation(End.TIMER, held=95 * MIB),
        "paused": Observation(End.TIMER, log="Worker is at 81% memory usage. Pausing worker. "),
    }
    told = {name: decide_outcome(one, 100 * MIB, 5.0).evidence for name, one in seen.items()}
    assert [name for name, text in told.items() if "memory pressure" in text] == ["full", "paused"]


def test_evidence_names_peak_limit_and_phase() -> None:
    seen = Observation(
        End.MEMORY, Phase.LOAD, Cause.KERNEL, died="the worker", peaks={"load": 7 * MIB}
    )
    text = decide_outcome(seen, 100 * MIB, None).evidence
    assert "7 MiB" in text
    assert "100 MiB" in text
    assert "during load" in text


def test_only_endings_from_outside_are_tried_again() -> None:
    again = {
        name for name, (seen, _, _) in VERDICTS.items() if decide_outcome(seen, MIB, 5.0).retry
    }
    assert again == {"host", "signal 9", "clock"}


def test_what_was_seen_survives_its_line() -> None:
    seen = Observation(
        End.ERROR, Phase.LOAD, Cause.HOST, -9, failure("A", "B"), hot=(1.0,), peaks={"load": 1}
    )
    assert Observation.from_json(seen.to_json()) == seen


def account() -> WorkerReport:
    return WorkerReport(10.0, lambda: None, runs=1)


def sign(*messages: bytes) -> bytes:
    signer = worker.make_signer(b"")
    return b"".join(signer(message) + b"\n" for message in messages)


def test_a_workers_words_may_come_in_pieces() -> None:
    said = account()
    words = sign(
        b'{"phase": "start-up", "at": 10.5}',
        b'{"phase": "load", "time": "startup", "seconds": 2}',
        b'{"begins": "hot"}',
        b'{"time": "hot", "seconds": 1}',
        b'{"done": true, "rows": 3, "faults": []}',
    )
    for place in range(len(words)):
        said.receive(words[place : place + 1], place)
    assert (said.phase, said.end, said.rows) == (Phase.DONE, End.DONE, 3)
    assert (said.times["startup"], said.hot) == (2.0, [1.0])
    assert said.times["interpreter"] == 0.5
    assert said.observed == [len(sign(HOT[1]))]


HOT = (b'{"begins": "hot"}', b'{"time": "hot", "seconds": 1}')


@pytest.mark.parametrize(
    "line",
    [
        b"\xff\n",
        b"[1]\n",
        b'{"time": "hot", "seconds": 1}\n',
        sign(*HOT) + sign(*HOT),
        sign(*HOT, *HOT),
        sign(HOT[1]),
        sign(b'{"begins": "cold"}', HOT[1]),
        *map(
            sign,
            (
                b"[1]",
                b"3",
                b'{"phase": "lunch"}',
                b'{"time": "tea", "seconds": 1}',
                b'{"time": "load", "seconds": -1}',
                b'{"time": "load", "seconds": NaN}',
                b'{"time": "load"}',
                b'{"error": 1}',
                b'{"done": true}',
            ),
        ),
        b"x" * 2_000_000,
    ],
)
def test_other_words_are_garbage(line: bytes) -> None:
    said = account()
    said.receive(line, 11.0)
    assert said.end == End.GARBAGE


def test_a_job_survives_its_line(tmp_path: Path) -> None:
    job = Job(
        engine="e", query="q", round=1, python="p", program=tmp_path / "ü 1.py", program_sha="s",
        data=None, answer=tmp_path / "a", warmups=1, runs=2, environment={"A": "1"},
        limits=Limits(1, 2.0, 3), hidden=(tmp_path,),
        other=OtherData(tmp_path / "d", (tmp_path / "t",), tmp_path / "o", 3, most=2),
    )  # fmt: skip
    assert Job.from_json(job.to_json()) == job


def thrash(used: int, per_second: int, seconds: float) -> bool:
    guard = ThrashDetector(100)
    times = [0.02 * n for n in range(int(seconds / 0.02))]
    return any(guard.feed(t, used, int(t * per_second)) for t in times)


def test_the_guard_sees_a_full_tree_that_refaults_for_five_seconds() -> None:
    assert thrash(95, 200_000_000, 6.5)


@pytest.mark.parametrize(
    ("used", "per_second", "seconds"),
    [(95, 200_000_000, 4.5), (80, 200_000_000, 20), (95, 50_000_000, 20)],
    ids=["shortly", "with room left", "slowly"],
)
def test_the_guard_lets_others_work(used: int, per_second: int, seconds: float) -> None:
    assert not thrash(used, per_second, seconds)


def test_the_guard_starts_anew_after_a_pause() -> None:
    guard = ThrashDetector(100)
    pulses = [(0.5 * n, 95, 0 if n % 8 == 0 else 10**9) for n in range(60)]
    refaulted = 0
    for now, used, more in pulses:
        refaulted += more
        assert not guard.feed(now, used, refaulted)


MOUNTS = """\
31 30 0:26 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory
32 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
33 30 0:28 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
"""
MEMBER = "5:memory:/user/one\n4:cpu,cpuacct:/c\n0::/all\n"


@pytest.mark.parametrize(
    ("controller", "folder"),
    [
        ("memory", "/sys/fs/cgroup/memory/user/one"),
        ("cpuacct", "/sys/fs/cgroup/cpu,cpuacct/c"),
        (None, "/sys/fs/cgroup/unified/all"),
        ("pids", None),
    ],
)
def test_the_own_group_is_found_by_controller(controller: str | None, folder: str | None) -> None:
    found = cgroup.find_own_group(MOUNTS, MEMBER, controller)
    assert found == (Path(folder) if folder else None)


def test_a_container_that_sees_only_its_own_part_finds_it() -> None:
    table = "31 30 0:26 /docker/ab /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n"
    found = cgroup.find_own_group(table, "5:memory:/docker/ab\n", "memory")
    assert found == Path("/sys/fs/cgroup/memory")


def made(folder: Path) -> None:
    """Make the files of a group of version 2, as the kernel does."""
    folder.mkdir()
    for name in ("memory.max", "memory.swap.max", "memory.oom.group", "cgroup.kill"):
        (folder / name).write_text("")
    (folder / "cgroup.procs").write_text("12\n13\n")
    (folder / "memory.peak").write_text("99\n")
    (folder / "memory.stat").write_text("anon 40\nfile 500\nshmem 2\nworkingset_refault_anon 0\n")
    (folder / "memory.events").write_text("low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n")


@pytest.fixture
def group(tmp_path: Path) -> cgroup.CgroupLimit:
    return cgroup.CgroupLimit(tmp_path / "group", cgroup.V2, 100, make=made)


def test_a_group_of_version_2_is_limited_without_swap(
    group: cgroup.CgroupLimit, tmp_path: Path
) -> None:
    written = {f.name: f.read_text() for f in (tmp_path / "group").iterdir()}
    assert written["memory.max"] == "100"
    assert written["memory.swap.max"] == "0"
    assert written["memory.oom.group"] == "1"


def test_a_missing_wish_is_no_mistake_and_no_new_file(
    group: cgroup.CgroupLimit, tmp_path: Path
) -> None:
    assert not (tmp_path / "group" / "pids.max").exists()


def test_page_cache_is_not_held_memory(group: cgroup.CgroupLimit) -> None:
    assert group.sample() == 42
    assert group.read_peak() == 99
    assert group.list_members() == {12, 13}


@pytest.mark.parametrize(
    ("events", "cause"),
    [
        ("oom 0\noom_kill 0\n", None),
        ("oom 3\noom_kill 0\n", None),
        ("oom 1\noom_kill 1\n", Cause.KERNEL),
        ("oom 0\noom_kill 1\n", Cause.HOST),
    ],
)
def test_a_kill_is_the_limits_only_when_it_was_reached(
    group: cgroup.CgroupLimit, tmp_path: Path, events: str, cause: Cause | None
) -> None:
    (tmp_path / "group" / "memory.events").write_text(events)
    assert group.check() == cause


def test_version_1_tells_the_limit_from_the_host_by_the_highest_charge(tmp_path: Path) -> None:
    def make(folder: Path) -> None:
        folder.mkdir()
        (folder / "memory.limit_in_bytes").write_text("")
        (folder / "memory.stat").write_text("rss 1\ntotal_rss 30\ntotal_shmem 4\n")
        (folder / "memory.oom_control").write_text("under_oom 0\noom_kill 1\n")

    group = cgroup.CgroupLimit(tmp_path / "g", cgroup.V1, 1000 * MIB, make=make)
    peak = tmp_path / "g" / "memory.max_usage_in_bytes"
    peak.write_text(str(999 * MIB))
    assert group.check() == Cause.KERNEL
    peak.write_text(str(500 * MIB))
    assert group.check() == Cause.HOST
    assert group.sample() == 34


def test_a_group_without_the_memory_controller_cannot_delegate_it(tmp_path: Path) -> None:
    (tmp_path / "cgroup.controllers").write_text("hugetlb\n")
    assert not cgroup.delegate_memory(tmp_path)


def test_a_group_that_delegates_already_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "cgroup.controllers").write_text("cpu memory pids\n")
    switch = tmp_path / "cgroup.subtree_control"
    switch.write_text("memory pids\n")
    assert cgroup.delegate_memory(tmp_path)
    assert switch.read_text() == "memory pids\n"


def test_an_unknown_backend_is_told_with_the_known_ones() -> None:
    with pytest.raises(LimitError, match="cgroup2, cgroup1, watchdog, none"):
        choose_backend("cgroup3")


def test_there_is_always_a_backend_with_a_promise() -> None:
    assert choose_backend().promise
    assert choose_backend("none").name == "none"


def test_without_proc_nothing_is_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "_has_proc", lambda: False)
    assert choose_backend("none").promise == "without /proc, memory is neither measured nor limited"
    with pytest.raises(LimitError, match="/proc is not mounted; run: mount -t proc"):
        choose_backend("watchdog")
    assert (
        decide_outcome(Observation(End.TIMER), None, 5.0).evidence
        == "ended after 5 s during start-up"
    )


def test_a_supervisor_stays_in_the_group_it_was_started_in(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(selection, "detect_systemd", lambda: asked.append("systemd"))
    with contextlib.suppress(LimitError):
        find_backend("cgroup2")
    assert not asked


def test_a_tag_without_a_start_is_not_taken_for_a_dead_one() -> None:
    assert processes.is_alive(f"{os.getpid()}-0")


def test_a_file_in_shared_memory_counts_once_whether_mapped_or_not() -> None:
    parts = [HeldMemory(10, 5), HeldMemory(20, 0)]
    assert sum_memory(parts, 0) == 35
    assert sum_memory(parts, 5) == 35
    assert sum_memory(parts, 50) == 80


def test_cores_come_in_order_and_whole_cores_before_their_twins() -> None:
    twins = {0: (0, 1), 1: (0, 1), 2: (2, 3), 3: (2, 3)}
    assert sandbox.choose_cores(2, {0, 1, 2, 3}, twins) == {0, 2}
    assert sandbox.choose_cores(3, {0, 1, 2, 3}, twins) == {0, 1, 2}
    assert sandbox.choose_cores(1, {3, 1}, twins) == {1}
    assert sandbox.choose_cores(None, {4, 5}, {}) == {4, 5}
    assert sandbox.choose_cores(9, {4, 5}, {}) == {4, 5}


def test_a_tag_names_a_living_process_and_no_later_one() -> None:
    tag = processes.make_tag(os.getpid())
    pid, start = tag.split("-")
    assert processes.is_alive(tag)
    assert not processes.is_alive(f"{pid}-{int(start) + 1}")


def test_a_process_with_a_sigkill_before_it_lives_no_more() -> None:
    child = subprocess.Popen(["sleep", "60"])
    tag = processes.make_tag(child.pid)
    assert processes.is_alive(tag)
    child.kill()
    assert not processes.is_alive(tag)
    child.wait()


def test_only_names_with_a_tag_have_an_owner() -> None:
    assert processes.parse_tag("dfbench-12-345") == "12-345"
    assert processes.parse_tag("dfbench-12-345-trial") == "12-345"
    assert processes.parse_tag("dfbench-processes") is None
    assert processes.parse_tag("other-12-345") is None


def test_a_limit_below_what_python_needs_is_refused() -> None:
    with pytest.raises(LimitError, match="below what Python needs"):
        machine.check_limits(Limits(memory=MIB))


def test_a_limit_above_the_machine_is_refused() -> None:
    with pytest.raises(LimitError, match="is more than"):
        machine.check_limits(Limits(memory=1 << 50))


def test_a_workloads_own_limit_above_the_machine_is_lowered_and_told() -> None:
    lowered, (said,) = machine.lower_memory_limit(Limits(memory=1 << 50))
    usable, _ = machine.find_usable_memory()
    assert 0.8 * usable < lowered.memory < usable
    assert "the workload's limit of 1024 TiB is more than" in said
    assert machine.check_limits(lowered) == ()
    assert machine.lower_memory_limit(Limits(memory=64 * MIB)) == (Limits(memory=64 * MIB), ())


def test_more_threads_than_cores_are_told() -> None:
    assert machine.check_limits(Limits(threads=10_000))
    assert machine.check_limits(Limits(memory=64 * MIB, threads=1)) == ()


def test_the_machine_says_what_may_be_used() -> None:
    facts = machine.describe()
    assert 1 <= facts["cores"] <= facts["cores_total"]
    assert 0 < facts["memory"] <= facts["memory_total"]


def test_the_own_work_is_not_foreign() -> None:
    before, after = noise.CpuTimes(100, 10, 0), noise.CpuTimes(110, 18, 1)
    assert noise.compute_shares(before, after, 6.0) == (0.2, 0.1)
    assert noise.compute_shares(before, after, 99.0) == (0.0, 0.1)
    assert noise.compute_shares(None, after, 0.0) is None


@pytest.mark.parametrize(
    ("times", "asked", "more"),
    [
        ([1.0], 0, False),
        ([1.0], 2, True),
        ([1.0, 0.1, 0.1], 2, False),
        ([1.0], None, True),
        ([1.0, 0.5], None, True),
        ([1.0, 0.5, 0.49], None, False),
        ([1.0, 1.2], None, False),
        ([9.0, 6.0], None, False),
        ([0.9**n for n in range(11)], None, False),
    ],
)
def test_warming_up_ends_when_times_are_level_or_at_its_cap(
    times: list[float], asked: int | None, more: bool
) -> None:
    assert worker.needs_warmup(times, asked) is more


def test_swapping_and_slowed_cores_are_counted_between_two_readings(tmp_path: Path) -> None:
    vmstat, heat = tmp_path / "vmstat", tmp_path / "cpu0/thermal_throttle/core_throttle_count"
    heat.parent.mkdir(parents=True)
    readings = []
    for swapped, slowed in ((3, 1), (5, 4)):
        vmstat.write_text(f"nr_free_pages 1\npswpin {swapped}\npswpout 7\n")
        heat.write_text(f"{slowed}\n")
        readings.append(noise.read_pressure(vmstat, tmp_path))
    passed = noise.subtract(*readings)
    assert (passed.swapped, passed.throttled) == (2 * os.sysconf("SC_PAGE_SIZE"), 3)


def test_what_nobody_counts_is_none(tmp_path: Path) -> None:
    nothing = noise.Pressure(None, None)
    assert noise.read_pressure(tmp_path / "none", tmp_path).swapped is None
    assert noise.subtract(nothing, noise.Pressure(1, 1)) == nothing


class _Dying:
    """A pool's worker that dies between two questions about it."""

    name = "ForkPoolWorker-1"

    def __init__(self, code: int) -> None:
        self.answers = iter((None, code))
        self.code = None

    @property
    def exitcode(self) -> int | None:
        self.code = next(self.answers, self.code)
        return self.code

    def join(self) -> None:
        pass


@pytest.mark.parametrize(
    ("code", "tasks", "evidence"),
    [
        (7, None, "with exit code 7"),
        (0, None, "with exit code 0"),
        (-9, 5, "by signal 9"),
        (0, 5, None),
    ],
)
def test_a_pools_worker_that_ends_while_it_is_looked_at_is_reported(
    monkeypatch: pytest.MonkeyPatch, code: int, tasks: int | None, evidence: str | None
) -> None:
    original = Pool.__dict__["_maintain_pool"]
    monkeypatch.setattr(Pool, "_maintain_pool", original)  # and put back at the end
    monkeypatch.setattr(Pool, "_repopulate_pool_static", staticmethod(lambda *_: None))
    heard, tells = os.pipe()
    worker.Supervisor(heard, tells).watch_pools()
    workers = [_Dying(code)]
    while workers:
        Pool._maintain_pool(None, None, 1, workers, None, None, None, (), tasks, True)
    os.close(tells)
    with os.fdopen(heard) as said:
        lines = said.readlines()
    if evidence is None:
        assert not lines
    else:
        message = json.loads(lines[0].partition(" ")[2])
        assert message["error"]["types"] == ["WorkerDied"]
        assert message["error"]["message"].startswith(f"ForkPoolWorker-1 ended {evidence}")


def test_an_answer_whose_parts_have_their_own_dictionaries_is_stored(tmp_path: Path) -> None:
    parts = [pa.array(texts).dictionary_encode() for texts in (["b", "a"], ["c", None])]
    worker.write_table(pa.table({"k": pa.chunked_array(parts)}), str(tmp_path / "answer.arrow"))
    stored = pa.ipc.open_file(tmp_path / "answer.arrow").read_all()
    assert stored.to_pydict() == {"k": ["b", "a", "c", None]}


def test_an_error_of_a_task_of_ray_is_told_in_its_own_words() -> None:
    ray = pytest.importorskip("ray.exceptions")
    wrapped = ray.RayTaskError("deploy", "Traceback", ValueError("no date"), "p", 1, "1.2.3.4")
    job = {"link": "program.py", "program": "/stored/program.py"}
    told = worker.describe_error(wrapped.as_instanceof_cause(), job)
    assert (told["types"][0], told["message"]) == ("ValueError", "no date")
    assert "RayTaskError" in told["types"]
