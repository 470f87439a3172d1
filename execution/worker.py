"""The worker: loads one program, runs it, times it, and answers on its own pipe.

Runs by path in the engine's interpreter (`python -P worker.py HEARS TELLS`, two inherited pipes),
where dfbench need not be installed: it imports the standard library alone until it loads the
program. Answers are JSON lines; standard output and error belong to the program.
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

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, NoReturn

# Enough to see the mistake; the pipe is no place for megabytes.
MESSAGE_CHARACTERS = 2000
TRACEBACK_CHARACTERS = 6000
# Warming up ends when an execution is less than 5 % faster than the fastest before it, or here.
LEVEL_RATIO = 0.95
MAX_WARMUPS = 10
MAX_WARMUP_SECONDS = 5.0
ARGUMENT_CHARACTERS = 60
# A program's own parts: an error is told by the arguments of the function that they call.
PARTS = {"load", "query", "rows", "start", "apply"}


class Supervisor:
    """The two pipes to the supervisor. Processes that the program forks do not speak on them."""

    def __init__(self, hears: int, tells: int) -> None:
        self._hears, self._descriptor = hears, tells
        self._owner = os.getpid()
        for descriptor in (hears, tells):
            os.set_inheritable(descriptor, False)

    def job(self) -> dict[str, Any]:
        """Read the job: one line, of which the rest of the pipe is no part."""
        line = b""
        while not line.endswith(b"\n"):
            line += os.read(self._hears, 1) or b"\n"
        told: dict[str, Any] = json.loads(line)
        return told

    def enter(self, phase: str, **message: Any) -> None:
        """Return the next phase, and wait until what the last one holds has been looked at."""
        self.send(phase=phase, **message)
        os.read(self._hears, 1)

    def send(self, **message: Any) -> None:
        """Write one line, unless this is a forked copy that ran past the program's end."""
        if os.getpid() != self._owner:
            os._exit(1)
        line = json.dumps(message).encode() + b"\n"
        while line:
            line = line[os.write(self._descriptor, line) :]

    def watch_pools(self) -> None:
        """Return when a worker of multiprocessing.Pool dies: the pool would wait for it for ever.

        A pool counts its dead in one place, where it replaces them; nothing else sees how they
        ended. A Python that has another place leaves the end to the timer.
        """
        if "multiprocessing" not in sys.modules:
            return
        pool = importlib.import_module("multiprocessing.pool").Pool
        joined = getattr(pool, "_join_exited_workers", None)
        if joined is None:
            return

        def join(workers: list[Any]) -> Any:
            # Afterwards: one that dies in between is let go of, and would not be seen again.
            before = list(workers)
            cleaned = joined(workers)
            for worker in before:
                self._look(worker)
            return cleaned

        pool._join_exited_workers = staticmethod(join)  # noqa: SLF001

    def _look(self, worker: Any) -> None:
        code = worker.exitcode
        # A pool that is closed ends its workers by SIGTERM.
        if code in {None, 0, -signal.SIGTERM} or os.getpid() != self._owner:
            return
        how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
        message = f"{worker.name} ended {how}, and its pool would wait for it forever"
        self.send(error={"types": ["WorkerDied"], "message": message, "traceback": ""})


def main(hears: int, tells: int) -> NoReturn:
    """Do the job, say how it went, and wait to be ended."""
    supervisor = Supervisor(hears, tells)
    job = supervisor.job()
    supervisor.enter("start-up", at=BEGAN)
    sys.argv = [job["program"]]
    try:
        rows = run_job(job, supervisor)
    except BaseException as error:  # noqa: BLE001 - sys.exit in a program is an ending like others
        supervisor.send(error=describe_error(error, job))
    else:
        supervisor.send(done=True, rows=rows)
    # The supervisor ends the tree now; what an engine does at exit is nobody's time or memory.
    while True:
        signal.pause()


def run_job(job: dict[str, Any], supervisor: Supervisor) -> int | None:
    """Go through the phases; give the number of the answer's rows where it is collected."""
    seconds, (program, cluster) = time_call(start, job["folder"], job["module"])
    paths = () if job["data"] is None else (job["data"], *job["tables"])
    meter = meter_cluster(job["scheduler"], cluster, paths)
    supervisor.watch_pools()
    supervisor.enter("load", time="startup", seconds=seconds)
    seconds, loaded = time_call(program.load, *paths)
    # Several tables are several arguments; of one, a tuple may be what a library's frame is.
    data = loaded if job["tables"] and isinstance(loaded, tuple) else (loaded,)
    gc.collect()
    supervisor.enter("query", time="load", seconds=seconds)
    answer = execute(job, program.query, data, supervisor)
    if meter:
        supervisor.send(workers=meter())
    if job["answer"] is None:
        return None
    supervisor.enter("collect")
    seconds, rows = time_call(collect, program.rows, answer, job["answer"])
    # Asked last: it is nobody's memory, and an answer that its engine still holds is out already.
    supervisor.send(time="collect", seconds=seconds, columns=describe_columns(data))
    return int(rows)


def start(folder: str, module: str) -> tuple[ModuleType, Any]:
    """Import the program and start its cluster where it has one; the value keeps that alive."""
    # By its name and not by its file: a pool's fresh process has to find its functions again.
    sys.path.append(folder)
    program = importlib.import_module(module)
    return program, program.start() if hasattr(program, "start") else None


def meter_cluster(scheduler: str, cluster: Any, paths: tuple[str, ...]) -> Any:
    """Return what tells the peaks of a cluster elsewhere, set back now; None without a cluster.

    Raises FileNotFoundError where its workers cannot read the paths.
    """
    if not scheduler:
        return None
    meter = load_sibling("cluster_memory")
    meter["check_readable"](scheduler, cluster, paths)
    meter["measure_peaks"](scheduler, cluster, reset=True)
    return lambda: meter["measure_peaks"](scheduler, cluster)


def load_sibling(name: str) -> dict[str, Any]:
    """Load a module that lies here by its file: dfbench may not be installed where this runs."""
    file = os.path.join(os.path.dirname(__file__), f"{name}.py")  # noqa: PTH118, PTH120
    module: dict[str, Any] = {"__name__": name}
    with open(file, encoding="utf-8") as source:  # noqa: PTH123 - pathlib is one more import
        exec(source.read(), module)
    return module


def describe_columns(data: tuple[Any, ...]) -> dict[str, str]:
    """Return the types of what was loaded; no run fails for what its library does not tell."""
    try:
        told: dict[str, str] = load_sibling("column_types")["describe_columns"](data)
    except Exception:  # noqa: BLE001 - whatever a library raises
        return {}
    return told


def execute(job: dict[str, Any], query: Any, data: tuple[Any, ...], supervisor: Supervisor) -> Any:
    """Run the query cold, then for warming up, then to be counted; give the last answer."""
    answer: Any = None

    def once(kind: str) -> float:
        nonlocal answer
        answer = None  # Dropped outside of the timed part, and never held twice.
        seconds, answer = time_call(query, *data)
        supervisor.send(time=kind, seconds=seconds)
        return seconds

    times = [once("cold")]
    while needs_warmup(times, job["warmups"]):
        times.append(once("warmups"))
    for _ in range(job["runs"]):
        once("hot")
    return answer


def needs_warmup(times: list[float], asked: int | None) -> bool:
    """Return whether one more execution has to warm up: so many, or until times no longer fall."""
    done = len(times) - 1
    if asked is not None:
        return done < asked
    if done == 0:
        return True
    if done >= MAX_WARMUPS or sum(times[1:]) >= MAX_WARMUP_SECONDS:
        return False
    return times[-1] < LEVEL_RATIO * min(times[:-1])


def time_call(function: Any, *arguments: Any) -> tuple[float, Any]:
    """Call a function; give its seconds and what it returned."""
    began = time.perf_counter()
    value = function(*arguments)
    return time.perf_counter() - began, value


def collect(rows: Any, answer: Any, file: str) -> int:
    """Write the answer as an Arrow IPC file, whole or not at all, and count its rows."""
    table = rows(answer)
    pyarrow = importlib.import_module("pyarrow")
    ipc = importlib.import_module("pyarrow.ipc")
    with pyarrow.OSFile(f"{file}.part", "wb") as sink, ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    os.replace(f"{file}.part", file)  # noqa: PTH105 - pathlib is one more import in each timing
    return int(table.num_rows)


def describe_error(error: BaseException, job: dict[str, Any]) -> dict[str, Any]:
    """Describe an error by its classes' names, its message and its last frames."""
    import traceback  # noqa: PLC0415 - only the unlucky pay for it

    frames = error.__traceback__
    while frames and frames.tb_next and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    text = "".join(traceback.format_exception(type(error), error, frames))
    # The program is imported through a link with a name that is safe to import.
    text = text.replace(job["link"], job["program"])
    try:
        message = str(error)
    except Exception:  # noqa: BLE001 - an error that cannot even be shown is still to be reported
        message = "(its message cannot be shown)"
    try:
        circumstances = describe_arguments(error, job["link"])
    except Exception:  # noqa: BLE001 - nor is it lost for arguments that cannot be shown
        circumstances = ""
    if circumstances:
        first, _, rest = message.partition("\n")
        message = f"{first} [{circumstances}]\n{rest}"
    return {
        "types": [kind.__name__ for kind in type(error).__mro__],
        "message": message[:MESSAGE_CHARACTERS],
        "traceback": text[-TRACEBACK_CHARACTERS:],
    }


def describe_arguments(error: BaseException, file: str) -> str:
    """Return the row, or the arguments, with which the program's own function failed."""
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
    told = ", ".join(f"{name}={shorten(value)}" for name, value in zip(names, values, strict=True))
    return f"{found.f_code.co_name}({told})"


def shorten(value: Any) -> str:
    """Show a value on one short line."""
    text = " ".join(repr(value).split())
    return text if len(text) <= ARGUMENT_CHARACTERS else f"{text[: ARGUMENT_CHARACTERS - 1]}…"


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
