"""Limits without a process: thrashing, control groups, tags, and what a machine refuses."""

from __future__ import annotations

import contextlib
import os
import subprocess
from pathlib import Path

import pytest
from dfbench.errors import LimitError
from dfbench.execution import machine, processes, sandbox
from dfbench.execution.limits import Cause, cgroup, choose_backend, find_backend, selection
from dfbench.execution.limits.thrash_guard import ThrashDetector
from dfbench.execution.limits.watchdog import HeldMemory, sum_memory
from dfbench.execution.observation import End, Observation
from dfbench.execution.outcomes import decide_outcome
from dfbench.spec.limits import Limits

MIB = 2**20


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
    assert "the workload's limit of 1,024 TiB is more than" in said
    assert machine.check_limits(lowered) == ()
    assert machine.lower_memory_limit(Limits(memory=64 * MIB)) == (Limits(memory=64 * MIB), ())


def test_more_threads_than_cores_are_told() -> None:
    assert machine.check_limits(Limits(threads=10_000))
    assert machine.check_limits(Limits(memory=64 * MIB, threads=1)) == ()
