"""The records of a comparison: one `Run` per engine, query and round, and one `Head` for all."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

SCHEMA_VERSION = 1


class Outcome(StrEnum):
    """How a run ended. Anything but ok has its evidence, and never a ratio."""

    OK = "ok"
    WRONG = "wrong"
    UNSUPPORTED = "unsupported"
    OUT_OF_MEMORY = "out of memory"
    TIMEOUT = "timeout"
    CRASHED = "crashed"
    NOT_INSTALLED = "not installed"


class Phase(StrEnum):
    """Where a run was when it ended, and what each time and peak belongs to."""

    STARTUP = "start-up"
    LOAD = "load"
    QUERY = "query"
    COLLECT = "collect"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of each part; None where a run did not get there. Cold and hot are never mixed."""

    interpreter: float | None = None
    startup: float | None = None
    load: float | None = None
    cold: float | None = None
    warmups: tuple[float, ...] = ()
    hot: tuple[float, ...] = ()
    collect: float | None = None
    wall: float | None = None
    cpu: float | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes of the whole process tree.

    `peak` is the largest sampled anonymous + shared memory (`measure` says how it was read);
    `startup`, `load` and `query` are the same by phase; `charged` is the kernel's own exact peak,
    which contains page cache, where there is a cgroup. On a cluster that is there already,
    `workers` has each worker's peak (on Ray: node's) by its address, and `peak` is the largest.
    `disk` is no memory: the most that the run's temporary files took on the disk at one time.
    """

    peak: int | None = None
    startup: int | None = None
    load: int | None = None
    query: int | None = None
    charged: int | None = None
    measure: str = ""
    workers: dict[str, int] = field(default_factory=dict)
    disk: int | None = None

    @property
    def answering(self) -> int:
        """Return the peak until the query had ended: handing the answer over is not counted."""
        return max(self.startup or 0, self.load or 0, self.query or 0)


@dataclass(frozen=True, slots=True)
class Noise:
    """What else the machine did: shares (0..1) of its CPU time that were not the run's own.

    `swapped` is in bytes, `throttled` counts: times that heat or a container's quota slowed cores.
    """

    foreign: float | None = None
    steal: float | None = None
    swapped: int | None = None
    throttled: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One process: an engine on a query in one round.

    `log` holds the last lines it printed, and of a run that is ok its warnings alone. `columns`
    has the type of each column that it had loaded, as its library names that. `cores` is how many
    it used where that is more than its limit of threads, else None.
    """

    engine: str
    query: str
    round: int
    outcome: Outcome
    phase: Phase = Phase.DONE
    evidence: str = ""
    log: str = ""
    times: Times = field(default_factory=Times)
    memory: Memory = field(default_factory=Memory)
    noise: Noise = field(default_factory=Noise)
    program: str = ""
    rows: int | None = None
    columns: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    began: str = ""
    cores: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the run as JSON's types."""
        return asdict(self)

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> Run:
        """Read a run back; unknown fields are left out, missing ones take their default."""
        record = {"environment": record.get("told", {}), **record}  # told: its older name
        known = {k: v for k, v in record.items() if k in cls.__dataclass_fields__}
        known["outcome"] = Outcome(known["outcome"])
        known["phase"] = Phase(known.get("phase", Phase.DONE))
        times = _keep_known(Times, known.get("times", {}))
        for name in ("warmups", "hot"):
            times[name] = tuple(times.get(name) or ())
        known["times"] = Times(**times)
        known["memory"] = Memory(**_keep_known(Memory, known.get("memory", {})))
        known["noise"] = Noise(**_keep_known(Noise, known.get("noise", {})))
        return cls(**known)


def _keep_known(cls: type[Times | Memory | Noise], record: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in record.items() if k in cls.__dataclass_fields__}


@dataclass(frozen=True, slots=True)
class Disagreement:
    """An engine whose answer differs: what differs, and the first rows that do, as text.

    `why` says what makes the answer of a person's code another one, where that is known.
    """

    engine: str
    reason: str
    rows: tuple[tuple[str, ...], ...] = ()
    why: str = ""

    def __str__(self) -> str:
        return f"{self.reason}; {self.why}" if self.why else self.reason


@dataclass(frozen=True, slots=True)
class Agreement:
    """Which engines gave the oracle's answer to a query, and which did not.

    Without an oracle, `unchecked` says why there is none; then `agree` are the most engines that
    gave one answer, and `differ` the others.
    """

    query: str
    oracle: str
    agree: tuple[str, ...]
    differ: tuple[Disagreement, ...] = ()
    unchecked: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """What a comparison was: everything in `comparison.json`, known before the first run."""

    workload: str
    about: str
    source: str
    command: str
    began: str
    queries: dict[str, str]
    engines: dict[str, dict[str, str]]
    dataset: dict[str, Any]
    limits: dict[str, Any]
    measure: dict[str, Any]
    machine: dict[str, Any]
    baseline: str
    dfbench: str
    file: str = ""
    overrides: dict[str, str] = field(default_factory=dict)
    schema_version: int = SCHEMA_VERSION

    @property
    def is_check(self) -> bool:
        """Return whether the answers were checked and nothing was timed."""
        return self.measure.get("runs") == 0
