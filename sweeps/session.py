"""One sweep: its points' comparisons side by side, run in rounds over all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from ..comparison.metadata import make_head
from ..comparison.observer import Observer
from ..comparison.preparation import prepare
from ..comparison.request import Request
from ..comparison.rounds import Rounds
from ..comparison.session import SILENT, Session, format_command_line, reopen_session
from ..execution import limits
from ..report.sweeps.rebuild import write_reports
from ..report.sweeps.sweep import Sweep
from ..spec.sweep import Axis, find_kind
from ..spec.workload import Measure, Workload
from ..storage import folder, sweeps
from ..storage.folder import StoredComparison
from ..storage.lock import lock_folder
from ..storage.records import Outcome, Run
from ..storage.sweeps import PointHead, StoredPoint, StoredSweep, SweepHead
from .points import Point, is_harder, make_points, rank_hardness
from .schedule import Place, choose_undecided, climb_curves, shuffle_places
from .undecided import list_undecided

ENDS_CURVE = {Outcome.OUT_OF_MEMORY, Outcome.TIMEOUT}


def sweep(
    request: Request, workload: Workload, axes: Sequence[Axis], observer: Observer = SILENT
) -> Sweep:
    """Run a workload at all points of some axes, and return the sweep, stored and checked."""
    limits.clean_up()
    points, skipped = make_points(request, workload, axes)
    for sentence in skipped:
        observer.warn(sentence)
    plans = [prepare(request, point.workload, observer) for point in points]
    head = _make_head(workload, axes, points, skipped)
    path = sweeps.create(request.results, head)
    with lock_folder(path):
        sessions = []
        for point, plan in zip(points, plans, strict=True):
            own = make_head(plan, format_command_line(), request.baseline)
            made = folder.create_at(path / point.name, own)
            sessions.append(Session(plan, made, own, observer))
        return _run(path, SweepRounds(head, axes, sessions))


def resume(path: Path, request: Request, observer: Observer = SILENT) -> Sweep:
    """Continue an interrupted sweep.

    Raises ResultsError where the data, the limits, a version or a program has changed since, or
    another process is still running it.
    """
    limits.clean_up()
    head = sweeps.read_head(path)
    with lock_folder(path):
        return _resume(path, head, request, observer)


def _resume(path: Path, head: SweepHead, request: Request, observer: Observer) -> Sweep:
    opened = [reopen_session(path / point.folder, request, observer) for point in head.points]
    sessions = [session for session, _ in opened]
    tasks = [one for session in sessions for one in session.plan.workload.tasks]
    arguments = [name for one in tasks for name, _ in one.arguments]
    axes = [Axis(n, find_kind(n, arguments), tuple(values)) for n, values in head.axes.items()]
    return _run(path, SweepRounds(head, axes, sessions, [stored for _, stored in opened]))


def _run(path: Path, rounds: SweepRounds) -> Sweep:
    rounds.run()
    for session in rounds.sessions:
        session.finish()
    return write_reports(path)


@dataclass(slots=True)
class SweepRounds:
    """The rounds of a sweep; `stored` is what an earlier, interrupted one has measured."""

    head: SweepHead
    axes: Sequence[Axis]
    sessions: Sequence[Session]
    stored: Sequence[StoredComparison] = ()
    rounds: list[Rounds] = field(init=False)
    ends: defaultdict[tuple[str, str], set[int]] = field(init=False)

    def __post_init__(self) -> None:
        runs = [one.runs for one in self.stored] or [()] * len(self.sessions)
        self.rounds = [s.prepare_rounds(own) for s, own in zip(self.sessions, runs, strict=True)]
        self.ends = defaultdict(set)
        for point, own in enumerate(runs):
            for run in own:
                self._note_end(point, run)

    @property
    def measure(self) -> Measure:
        """Return how all points are measured; their budget is that of the sweep."""
        return self.sessions[0].plan.workload.measure

    def run(self) -> None:
        """Run each planned round at all points, then repeat what is undecided within the budget."""
        began = monotonic() - sum(run.times.wall or 0.0 for one in self.rounds for run in one.runs)
        for one in self.rounds:
            one.begin()
        beside = [plan for one in self.rounds for plan in one.beside]
        for one in self.rounds:
            one.beside = beside
        left = self._list_remaining()
        for round_ in range(1, self.measure.rounds + 1):
            places = shuffle_places(left[round_], round_, self.measure.seed)
            if round_ == 1:
                places = climb_curves(places, self._rank_hardness)
            if self.measure.budget is not None and round_ > self.measure.least:
                seconds = self.measure.budget - (monotonic() - began)
                places = self._choose(places, seconds)
            self._run_round(places, round_)
        for one in self.rounds:
            one.finish()

    def _list_remaining(self) -> defaultdict[int, list[Place]]:
        """Return what is planned and not yet stored, by round."""
        left: defaultdict[int, list[Place]] = defaultdict(list)
        for point, rounds in enumerate(self.rounds):
            for engine, query, round_ in rounds.list_remaining():
                left[round_].append(Place(point, engine, query))
        return left

    def _run_round(self, places: Sequence[Place], round_: int) -> None:
        for place in places:
            if not self._has_ended(place):
                rounds = self.rounds[place.point]
                rounds.run_one(place.engine, place.query, round_)
                self._note_end(place.point, rounds.runs[-1])

    def _note_end(self, point: int, run: Run) -> None:
        if run.outcome in ENDS_CURVE:
            self.ends[run.engine, run.query].add(point)

    def _has_ended(self, place: Place) -> bool:
        """Return whether an engine did not survive a query at an easier point."""
        points = self.head.points
        here = points[place.point].values
        ends = self.ends[place.engine, place.query]
        return any(is_harder(self.axes, here, points[end].values) for end in ends)

    def _rank_hardness(self, point: int) -> tuple[float, ...]:
        return rank_hardness(self.axes, self.head.points[point].values)

    def _choose(self, places: Sequence[Place], seconds: float) -> list[Place]:
        costs = {
            Place(point, *pair): cost
            for point, rounds in enumerate(self.rounds)
            for pair, cost in rounds.costs.items()
        }
        return choose_undecided(places, list_undecided(self._collect_stored()), costs, seconds)

    def _collect_stored(self) -> StoredSweep:
        """Return what is measured so far, as if it was read from the folder."""
        points = [
            StoredPoint(
                point.values,
                StoredComparison(one.folder.path, one.head, tuple(rounds.runs), ()),
            )
            for point, one, rounds in zip(self.head.points, self.sessions, self.rounds, strict=True)
        ]
        return StoredSweep(self.sessions[0].folder.path.parent, self.head, tuple(points))


def _make_head(
    workload: Workload, axes: Sequence[Axis], points: Sequence[Point], skipped: Sequence[str]
) -> SweepHead:
    return SweepHead(
        workload=workload.name,
        command=format_command_line(),
        began=datetime.now(UTC).isoformat(timespec="seconds"),
        axes={axis.name: list(axis.values) for axis in axes},
        points=[PointHead(point.name, dict(point.values)) for point in points],
        skipped=list(skipped),
    )
