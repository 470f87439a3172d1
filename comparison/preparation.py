"""From a workload to a plan: make the data, check both against the machine, write the programs."""

from __future__ import annotations

from dataclasses import replace

from ..datasets.dataset import Dataset, make_dataset, make_placeholder
from ..datasets.distinct_values import learn_values
from ..datasets.number_distances import learn_distances
from ..datasets.number_texts import learn_number_texts
from ..datasets.repeated_keys import learn_repeats
from ..engines import find
from ..engines.versions import find_info
from ..errors import DataError
from ..execution import limits, machine
from ..spec.pivot import find_unknown
from ..spec.reader import check_columns
from ..spec.workload import Files, Generated, Workload
from .observer import Observer
from .plan import Plan, make_plan
from .preflight import predict_problems
from .request import Request
from .scaling import measures_secondary, scale_down

# In the cache: never beside the data, which may lie in a folder of the user's.
ANSWERS = "answers"


def prepare(request: Request, workload: Workload, observer: Observer) -> Plan:
    """Make the data and the environments, check columns and limits, and write every program.

    Raises DataError, WorkloadError for an unknown column, LimitError and EngineError.
    """
    workload, lowered = fit_memory(workload)
    notes = (*lowered, *machine.check_limits(workload.limits))
    backend = limits.choose_backend(request.backend)
    workload, data = _prepare_data(request, workload, observer)
    asked = [find(name) for name in dict.fromkeys(workload.engines)]
    places = {
        e.name: request.provider.provide_interpreter(e, observer.show_environment) for e in asked
    }
    planned = make_plan(workload, data, backend, request.cache / ANSWERS, places)
    for sentence in (*notes, *predict_problems(planned)):
        observer.warn(sentence)
    observer.plan_runs(len(planned.runnable) * workload.measure.rounds, workload.measure.budget)
    return planned


def prepare_tenth(request: Request, planned: Plan, observer: Observer) -> Plan | None:
    """Plan the same at a tenth of its size; None where no break-even points are measured."""
    workload = (
        scale_down(planned.workload)
        if measures_secondary(planned.workload, planned.data.rows)
        else None
    )
    if workload is None:
        return None
    workload, data = _prepare_data(request, workload, observer)
    small = make_plan(workload, data, planned.backend, planned.answers, planned.interpreters)
    observer.plan_runs(len(small.runnable) * workload.measure.rounds)
    return small


def fit_memory(workload: Workload) -> tuple[Workload, tuple[str, ...]]:
    """Lower the memory limit of a workload's file to what this machine has; return the warnings.

    A limit that was given by hand is left alone, and is an error where it is too large.
    """
    if "limits.memory" in dict(workload.overrides):
        return workload, ()
    lowered, warnings = machine.lower_memory_limit(workload.limits)
    return replace(workload, limits=lowered), warnings


def find_dataset(workload: Workload) -> Generated | Files:
    """Return a workload's dataset; DataError where it has none."""
    if workload.dataset is None:
        message = f"{workload.name} has no dataset: it is a workload of tasks"
        raise DataError(message)
    return workload.dataset


def _prepare_data(
    request: Request, workload: Workload, observer: Observer
) -> tuple[Workload, Dataset]:
    """Make a workload's data, and read its queries over their columns; tasks read none."""
    if workload.tasks:
        return workload, make_placeholder(workload.tasks, request.cache)
    data = make_dataset(find_dataset(workload), request.cache, observer.show_data)
    schema = learn_values(data, find_unknown(workload.queries))
    workload = check_columns(workload, schema)
    if any(find_info(find(name)).unique_keys for name in workload.engines):
        data = learn_repeats(data, workload.queries)
    data = learn_distances(learn_number_texts(data, workload.queries), workload.queries)
    return workload, data
