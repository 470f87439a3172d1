"""The parts of running that need no process: schedules, verdicts, cores, records."""

from __future__ import annotations

import json
import os
from multiprocessing.pool import Pool
from pathlib import Path

import pyarrow as pa
import pytest
from dfbench.execution import machine, noise, worker
from dfbench.execution.job import Job, OtherData
from dfbench.execution.limits import Cause
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
            ("fixed text", "Literal[str](n)", "text"),
            ("nothing", "none)", "None"),
        )
    },
    **{
        f"no {word} of {kind}": (
            Observation(
                End.ERROR,
                phase=Phase.QUERY,
                failure=failure(
                    "AttributeError",
                    message=f"'numpy.{kind}' object has no attribute '{word}' [f(day=array(…))]",
                ),
            ),
            Outcome.CRASHED,
            f"has no attribute '{word}' [f(day=array(…))]; {mend}",
        )
        for kind, word, mend in (
            ("timedelta64", "days", "for a number of days, write x / np.timedelta64(1, 'D')"),
            ("timedelta64", "total_seconds", "for a number of seconds, write x / np.timedelta64("),
            (
                "datetime64",
                "month",
                "for a name of pandas, import pandas as pd and write pd.Timestamp(x).month",
            ),
            (
                "ndarray",
                "diff",
                "for a name of pandas, import pandas as pd and write pd.Series(x).diff",
            ),
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
