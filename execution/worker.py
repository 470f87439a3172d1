"""The worker: load one program, run it, time it, and report to the supervisor.

Runs by path in the engine's interpreter (`python -P worker.py REQUESTS ANSWERS`, two inherited
pipes), where dfbench may not be installed: it imports the standard library only until it loads the
program. Messages are JSON lines, each signed: what the program writes into the pipe is not.
Standard output and error belong to the program.
"""

# ruff: noqa: ANN401 - what a program loads and answers may be anything

from __future__ import annotations

import time

BEGAN = time.monotonic()

import gc  # noqa: E402 - the time above is the first thing that the interpreter does for us
import importlib  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
from hashlib import blake2b  # noqa: E402

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any, NoReturn

# Taken before the program is imported, which may replace the module's own.
clock = time.perf_counter
# Bounds on a message: enough to see the error.
MESSAGE_CHARACTERS = 2000
TRACEBACK_CHARACTERS = 6000
# Warm-ups end when an execution is less than 5 % faster than the fastest before, or at a maximum.
LEVEL_RATIO = 0.95
MAX_WARMUPS = 10
MAX_WARMUP_SECONDS = 5.0
# An execution begins where this times the last one's seconds are left, and some to hand it over.
DEADLINE_MARGIN = 1.2
REST = 0.25
ARGUMENT_CHARACTERS = 60
# A program's own functions: an error names the arguments of the function that they call.
PARTS = {"load", "query", "rows", "start", "apply"}


def make_signer(key: bytes) -> Callable[[bytes], bytes]:
    """Return a function that signs lines in their order, so that none can be sent twice.

    A program cannot look the key up by a name, and has to search the memory for it.
    """
    count = 0

    def sign(line: bytes) -> bytes:
        nonlocal count
        count += 1
        numbered = count.to_bytes(8, "big") + line
        return blake2b(numbered, key=key, digest_size=16).hexdigest().encode() + b" " + line

    return sign


class Supervisor:
    """The two pipes to the supervisor. Processes that the program forks do not write to them."""

    def __init__(self, requests: int, answers: int) -> None:
        self._requests, self._answers = requests, answers
        self._sign = make_signer(b"")
        self._owner = os.getpid()
        for descriptor in (requests, answers):
            os.set_inheritable(descriptor, False)

    def read_job(self) -> dict[str, Any]:
        """Read the job: one line, byte by byte, because later bytes of the pipe are replies."""
        line = b""
        while not line.endswith(b"\n"):
            line += os.read(self._requests, 1) or b"\n"
        job: dict[str, Any] = json.loads(line)
        self._sign = make_signer(bytes.fromhex(job.pop("key")))
        return job

    def enter(self, phase: str, **message: Any) -> None:
        """Report the next phase; wait until the supervisor has sampled the last one's memory."""
        self.send(phase=phase, **message)
        os.read(self._requests, 1)

    def send(self, **message: Any) -> None:
        """Write one line, unless this is a forked copy that ran past the program's end."""
        if os.getpid() != self._owner:
            os._exit(1)
        line = self._sign(json.dumps(message).encode()) + b"\n"
        while line:
            line = line[os.write(self._answers, line) :]

    def watch_pools(self) -> None:
        """Report a worker of multiprocessing.Pool that ends by itself: the pool waits for it.

        `_maintain_pool` replaces workers that have ended while the pool is open; it alone sees
        their exit codes. In a Python without it, the supervisor's timer ends the run.
        """
        if "multiprocessing" not in sys.modules:
            return
        pool = importlib.import_module("multiprocessing.pool").Pool
        original = getattr(pool, "_maintain_pool", None)
        if original is None:
            return

        def maintain(*arguments: Any) -> None:
            named = dict(zip(original.__code__.co_varnames, arguments, strict=False))
            # Check afterwards: a worker that ends in between is dropped from the list.
            before = list(named["pool"])
            original(*arguments)
            # A worker that has done its number of tasks ends with 0, after it sent their results.
            expected: set[int | None] = {None, 0} if named.get("maxtasksperchild") else {None}
            for worker in before:
                self._look(worker, expected)

        pool._maintain_pool = staticmethod(maintain)  # noqa: SLF001

    def _look(self, worker: Any, expected: set[int | None]) -> None:
        code = worker.exitcode
        # A pool that is closed ends its workers by SIGTERM.
        if code in {*expected, -signal.SIGTERM} or os.getpid() != self._owner:
            return
        how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
        message = f"{worker.name} ended {how}, and its pool would wait for it forever"
        self.send(error={"types": ["WorkerDied"], "message": message, "traceback": ""})


def main(requests: int, answers: int) -> NoReturn:
    """Run the job, report its end, and wait to be killed."""
    supervisor = Supervisor(requests, answers)
    job = supervisor.read_job()
    supervisor.enter("start-up", at=BEGAN)
    sys.argv = [job["program"]]
    try:
        ended = run_job(job, supervisor)
    except BaseException as error:  # noqa: BLE001 - sys.exit in a program is an ending like others
        supervisor.send(error=describe_error(error, job))
    else:
        supervisor.send(done=True, **ended)
    # The supervisor kills the tree now: an engine's exit handlers are not measured.
    while True:
        signal.pause()


def run_job(job: dict[str, Any], supervisor: Supervisor) -> dict[str, Any]:
    """Run all phases; return the answer's number of rows, None if not collected, and its faults."""
    # Loaded first: a program cannot replace what they take from the standard library.
    watching = load_sibling("answer_watch")["AnswerWatch"]
    filing = load_sibling("answer_files")["AnswerFiles"]
    keep = load_sibling("one_row")
    seconds, (program, cluster) = time_call(start, job["folder"], job["module"])
    paths = () if job["data"] is None else (job["data"], *job["tables"])
    meter = meter_cluster(job["scheduler"], cluster, paths)
    supervisor.watch_pools()
    supervisor.enter("load", time="startup", seconds=seconds)
    seconds, data = time_call(load, program, paths)
    gc.collect()
    watch = watching(program.__file__, data)
    files = make_files(job, program, filing)
    supervisor.enter("query", time="load", seconds=seconds)
    answer = execute(job, program.query, data, supervisor, (watch, files))
    if meter:
        supervisor.send(workers=meter())
    if job["answer"] is None:
        return {"rows": None, "faults": watch.finish()}
    supervisor.enter("collect")
    seconds, rows = time_call(collect, program.rows, answer, job["answer"])
    # Last, when no phase's memory is measured and the answer is written.
    supervisor.send(time="collect", seconds=seconds, columns=describe_columns(data))
    del answer
    if files:
        files.finish()
    if job["other"]:
        del data
        watch.faults += answer_other(program, job, keep)
    elif job["further"]:
        del data
        answer_further(job["further"])
    return {"rows": int(rows), "faults": watch.finish()}


def load(program: ModuleType, paths: tuple[str, ...]) -> tuple[Any, ...]:
    """Load the data, and return it as the arguments of `query`."""
    loaded = program.load(*paths)
    # Several tables are several arguments; with one table, a tuple may be the frame itself.
    return loaded if len(paths) > 1 and isinstance(loaded, tuple) else (loaded,)


def copy_frames(data: tuple[Any, ...], copies: str) -> tuple[Any, ...]:
    """Return pandas' frames as they were loaded, for a program that may change them."""
    return tuple(frame.copy(deep=copies == "deep") for frame in data) if copies else data


def answer_other(program: ModuleType, job: dict[str, Any], keep: dict[str, Any]) -> list[str]:
    """Answer once more, untimed, on other rows: an answer that was kept is not theirs.

    Return the faults found where all of those rows but one are taken away after loading.
    """
    other = job["other"]
    data = load(program, (other["data"], *other["tables"]))
    table = make_table(program.rows(program.query(*copy_frames(data, job["copies"]))))
    write_table(table, other["answer"])
    if other["tables"] or table.num_rows < 2:
        return []
    if keep["is_answer"](data, table.column_names, table.num_rows, other["rows"]):
        return ["load() returned the answer"]
    try:
        left = keep["keep_one_row"](data, other["rows"])
        number = make_table(program.rows(program.query(*left))).num_rows if left else 0
    except Exception:  # noqa: BLE001 - whatever a library raises; it is asked for one row of data
        return []
    kept = number > other["most"]
    return [f"query() answered one row of data with {number} rows"] if kept else []


def answer_further(programs: list[dict[str, Any]]) -> None:
    """Run further programs once each, untimed, and write their answers.

    The data of one lives until the next has its own: what they share does not end in between.
    """
    for one in programs:
        program = importlib.import_module("types").ModuleType("program")
        execute_file(one["program"], vars(program))
        data = load(program, (one["data"], *one["tables"]))
        collect(program.rows, program.query(*data), one["answer"])


def start(folder: str, module: str) -> tuple[ModuleType, Any]:
    """Import the program and start its cluster, if any; return both, so that the cluster lives."""
    # By name, not by file: fresh processes of a pool import its functions again.
    sys.path.append(folder)
    program = importlib.import_module(module)
    return program, program.start() if hasattr(program, "start") else None


def meter_cluster(scheduler: str, cluster: Any, paths: tuple[str, ...]) -> Any:
    """Return a function that measures an external cluster's peaks from now on; None without one.

    Raises FileNotFoundError if a worker cannot read the paths.
    """
    if not scheduler:
        return None
    meter = load_sibling("cluster_memory")
    meter["check_readable"](scheduler, cluster, paths)
    meter["measure_peaks"](scheduler, cluster, reset=True)
    return lambda: meter["measure_peaks"](scheduler, cluster)


def load_sibling(name: str) -> dict[str, Any]:
    """Execute a module of this folder and return its names: dfbench may not be installed here."""
    file = os.path.join(os.path.dirname(__file__), f"{name}.py")  # noqa: PTH118, PTH120
    module: dict[str, Any] = {"__name__": name}
    execute_file(file, module)
    return module


def execute_file(file: str, names: dict[str, Any]) -> None:
    """Execute a file of Python with these global names."""
    with open(file, encoding="utf-8") as source:  # noqa: PTH123 - pathlib is one more import
        exec(source.read(), names)


def describe_columns(data: tuple[Any, ...]) -> dict[str, str]:
    """Return the types of the loaded columns; empty if the library raises."""
    try:
        types: dict[str, str] = load_sibling("column_types")["describe_columns"](data)
    except Exception:  # noqa: BLE001 - whatever a library raises
        return {}
    return types


def make_files(job: dict[str, Any], program: ModuleType, filing: Any) -> Any:
    """Return the files of all answers but the last, or None where the last alone is asked for."""
    if job["answer"] is None or not job["every"]:
        return None

    def write(answer: Any, file: str) -> None:
        collect(program.rows, answer, file)
        # What Arrow keeps for its next table would count as the query's memory.
        importlib.import_module("pyarrow").default_memory_pool().release_unused()

    return filing(job["answer"], write)


def execute(
    job: dict[str, Any],
    query: Any,
    data: tuple[Any, ...],
    supervisor: Supervisor,
    checks: tuple[Any, Any],
) -> Any:
    """Run the query cold, as warm-up and hot, report each time, and return the last answer."""
    answer: Any = None
    rows: int | None = None
    watch, files = checks

    def keep(seconds: float) -> None:
        if files and files.choose(seconds, rows):
            supervisor.enter("collect")
            files.keep(answer)
            supervisor.enter("query")

    def run_once(kind: str) -> float:
        nonlocal answer, rows
        if times:
            keep(times[-1])
        answer = None  # Freed outside of the timed part, so that two answers never exist at once.
        given = copy_frames(data, job["copies"])
        # The supervisor holds the time against its own clock, from the one message to the other.
        supervisor.send(begins=kind)
        seconds, answer = time_call(query, *given)
        supervisor.send(time=kind, seconds=seconds)
        rows = watch.look(answer)
        return seconds

    limit = job["limits"]["time"]
    deadline = float("inf") if limit is None else BEGAN + limit
    times: list[float] = []
    times.append(run_once("cold"))
    # One hot run makes the result: warm-ups that leave no time for it are left out.
    while needs_warmup(times, job["warmups"]) and fits(2 * times[-1], deadline):
        times.append(run_once("warmups"))
    for number in range(job["runs"]):
        if number == 0 or fits(times[-1], deadline):
            times.append(run_once("hot"))
    return answer


def fits(seconds: float, deadline: float) -> bool:
    """Return whether so many seconds are left before the deadline, and some for the rest."""
    return time.monotonic() + DEADLINE_MARGIN * seconds + REST < deadline


def needs_warmup(times: list[float], asked: int | None) -> bool:
    """Return whether to warm up once more: `asked` times, or until times no longer fall.

    `times` are seconds, the cold execution's first.
    """
    done = len(times) - 1
    if asked is not None:
        return done < asked
    if done == 0:
        return True
    if done >= MAX_WARMUPS or sum(times[1:]) >= MAX_WARMUP_SECONDS:
        return False
    return times[-1] < LEVEL_RATIO * min(times[:-1])


def time_call(function: Any, *arguments: Any) -> tuple[float, Any]:
    """Call a function; return its wall-clock seconds and its value."""
    began = clock()
    value = function(*arguments)
    return clock() - began, value


def collect(rows: Any, answer: Any, file: str) -> int:
    """Write the answer as an Arrow IPC file, atomically, and return its number of rows."""
    table = make_table(rows(answer))
    write_table(table, file)
    return int(table.num_rows)


def make_table(found: Any) -> Any:
    """Return an Arrow table of what any library calls one; TypeError where it is none."""
    pyarrow = importlib.import_module("pyarrow")
    if isinstance(found, pyarrow.Table):
        return found
    if not hasattr(found, "__arrow_c_stream__"):
        kind = type(found).__name__
        raise TypeError(f"the answer is not a table but of type {kind}: return a frame or a table")
    return pyarrow.table(found)


def write_table(table: Any, file: str) -> None:
    """Write an Arrow table as an IPC file, atomically."""
    pyarrow = importlib.import_module("pyarrow")
    ipc = importlib.import_module("pyarrow.ipc")
    # A file holds one dictionary for each column, but a join's parts may have their own.
    whole = table.unify_dictionaries()
    with pyarrow.OSFile(f"{file}.part", "wb") as sink, ipc.new_file(sink, whole.schema) as writer:
        writer.write_table(whole)
    os.replace(f"{file}.part", file)  # noqa: PTH105 - pathlib is one more import in each timing


def describe_error(error: BaseException, job: dict[str, Any]) -> dict[str, Any]:
    """Return an error as a message: its classes' names, its text and its last frames."""
    import traceback  # noqa: PLC0415 - only the unlucky pay for it

    frames = error.__traceback__
    while frames and frames.tb_next and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    text = "".join(traceback.format_exception(type(error), error, frames))
    # The program was imported through a link: show its real path.
    text = text.replace(job["link"], job["program"])
    told = find_told_error(error)
    try:
        message = str(told)
    except Exception:  # noqa: BLE001 - an error that cannot even be shown is still to be reported
        message = "(its message cannot be shown)"
    try:
        file = job["link"]
        circumstances = describe_arguments(error, file) or describe_line(error, file)
    except Exception:  # noqa: BLE001 - nor is it lost for arguments that cannot be shown
        circumstances = ""
    if circumstances:
        first, _, rest = message.partition("\n")
        message = f"{first} [{circumstances}]\n{rest}"
    return {
        "types": [kind.__name__ for kind in (*type(told).__mro__, *type(error).__mro__)],
        "message": message[:MESSAGE_CHARACTERS],
        "traceback": text[-TRACEBACK_CHARACTERS:],
    }


def find_told_error(error: BaseException) -> BaseException:
    """Return the error of a task: what Ray raises begins with the names of its own functions."""
    while type(error).__name__.startswith("RayTaskError"):
        cause = getattr(error, "cause", None)
        if not isinstance(cause, BaseException):
            break
        error = cause
    return error


def describe_arguments(error: BaseException, file: str) -> str:
    """Return the row or the arguments with which the user's function failed; empty if unknown."""
    notes = getattr(error, "__notes__", ())
    if notes:
        return str(notes[0])
    found, trace = None, error.__traceback__
    while trace:
        code = trace.tb_frame.f_code
        named = code.co_argcount and code.co_name not in PARTS and code.co_name[0] != "<"
        if named and code.co_filename == file:
            found = trace.tb_frame
        trace = trace.tb_next
    if found is None:
        return ""
    names = found.f_code.co_varnames[: found.f_code.co_argcount]
    values: list[Any] = [found.f_locals.get(name) for name in names]
    if len(values) == 1 and hasattr(values[0], "to_dict"):  # a row of pandas
        inputs = ", ".join(
            f"{name}={shorten(value)}" for name, value in values[0].to_dict().items()
        )
        return f"row {getattr(values[0], 'name', '')}: {inputs}"
    shown = ", ".join(f"{name}={shorten(value)}" for name, value in zip(names, values, strict=True))
    return f"{found.f_code.co_name}({shown})"


def describe_line(error: BaseException, file: str) -> str:
    """Return the program's line that raised an error itself; empty where a library raised it."""
    import traceback  # noqa: PLC0415 - only the unlucky pay for it

    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"line: {shorten_text(last.line or '')}" if last.filename == file else ""


def shorten(value: Any) -> str:
    """Return a value as text on one short line."""
    return shorten_text(repr(value))


def shorten_text(text: str) -> str:
    """Return a text on one short line."""
    text = " ".join(text.split())
    return text if len(text) <= ARGUMENT_CHARACTERS else f"{text[: ARGUMENT_CHARACTERS - 1]}…"


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
