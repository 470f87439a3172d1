"""The parallel back-ends for Python, and how each maps a function over arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .probe import RAY

PYTHON_WHO = '''\
import os
import threading
import time


def who(_):
    """Describe which process and which thread works: both numbers are below 2**22."""
    time.sleep(0.05)
    return os.getpid() * 2.0**22 + threading.get_native_id()
'''
# Compiled code cannot call Python, so it calls the C library.
NUMBA_WHO = '''\
import ctypes
import os

library = ctypes.CDLL(None)
getpid, gettid, usleep = library.getpid, library.gettid, library.usleep
getpid.argtypes = gettid.argtypes = ()
usleep.argtypes = (ctypes.c_uint,)


def who(_):
    """Describe which process and which thread works: both numbers are below 2**22."""
    usleep(50_000)
    return getpid() * 2.0**22 + gettid()
'''
NUMBA = '''\
import functools

import numpy as np
from numba import njit, prange, set_num_threads

compiled = functools.cache(njit)


@njit(parallel=True)
def each(function, arguments):
    """Call the function in each iteration, which writes its own slot."""
    results = np.empty(len(arguments))
    for i in prange(len(arguments)):
        results[i] = function(arguments[i])
    return results


@njit(parallel=True)
def each_array(function, arguments):
    """Do the same for a function that returns arrays of the argument's length."""
    results = np.empty((len(arguments), int(arguments[0])), np.uint8)
    for i in prange(len(arguments)):
        results[i] = function(arguments[i])
    return results
'''


@dataclass(frozen=True, slots=True)
class ParallelApi:
    """One way to map a function, as its documentation writes it.

    `opening` comes before the work, and holds it where it ends in a colon. `mapping` is an
    expression with the holes FUNCTION and ARGUMENTS, `arrays` the same for a function that returns
    arrays (empty: as `mapping`); WORKERS is a hole everywhere.
    """

    name: str
    imports: str
    opening: str
    mapping: str
    arrays: str = ""
    who: str = PYTHON_WHO
    environment: Mapping[str, str] = field(default_factory=dict)


FUTURES = "pool.map(FUNCTION, ARGUMENTS)"
JOBLIB = "pool(delayed(FUNCTION)(argument) for argument in ARGUMENTS)"
PARALLEL_APIS = (
    ParallelApi(
        "multiprocessing",
        "import multiprocessing",
        "with multiprocessing.Pool(WORKERS) as pool:",
        FUTURES,
    ),
    ParallelApi(
        "futures-process",
        "from concurrent.futures import ProcessPoolExecutor",
        "with ProcessPoolExecutor(WORKERS) as pool:",
        FUTURES,
    ),
    ParallelApi(
        "futures-thread",
        "from concurrent.futures import ThreadPoolExecutor",
        "with ThreadPoolExecutor(WORKERS) as pool:",
        FUTURES,
    ),
    ParallelApi(
        "joblib",
        "from joblib import Parallel, delayed",
        "with Parallel(n_jobs=WORKERS) as pool:",
        JOBLIB,
    ),
    ParallelApi(
        "joblib/threads",
        "from joblib import Parallel, delayed",
        'with Parallel(n_jobs=WORKERS, prefer="threads") as pool:',
        JOBLIB,
    ),
    ParallelApi(
        "loky",
        "from loky import get_reusable_executor",
        "with get_reusable_executor(max_workers=WORKERS) as pool:",
        FUTURES,
    ),
    ParallelApi(
        "numba",
        NUMBA,
        "set_num_threads(WORKERS)",
        "each(compiled(FUNCTION), np.array(ARGUMENTS))",
        "each_array(compiled(FUNCTION), np.array(ARGUMENTS))",
        NUMBA_WHO,
    ),
    ParallelApi(
        "ray",
        "import ray",
        "ray.init(num_cpus=WORKERS, include_dashboard=False)",
        "ray.get(list(map(ray.remote(FUNCTION).remote, ARGUMENTS)))",
        environment=RAY,
    ),
    ParallelApi(
        "dask",
        "import dask\nimport dask.bag as db",
        "with dask.config.set(num_workers=WORKERS):",
        "db.from_sequence(ARGUMENTS).map(FUNCTION).compute()",
    ),
)
