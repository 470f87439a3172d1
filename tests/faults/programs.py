"""Programs that misbehave on purpose, and beside each what it must end as."""

from __future__ import annotations

from dataclasses import dataclass

from dfbench.storage.records import Outcome

MIB = 2**20


@dataclass(frozen=True, slots=True)
class Fault:
    """A body for `query(data)`, the outcomes that are right for it, and its limits."""

    body: str
    right: frozenset[Outcome]
    evidence: str = ""
    memory: int = 200 * MIB
    seconds: float = 60.0
    needs_limit: bool = False

    @property
    def text(self) -> str:
        """Return the whole module."""
        lines = "\n".join(f"    {line}" for line in self.body.strip().splitlines())
        return (
            f"{IMPORTS}\n\ndef load():\n    return 1\n\n\ndef query(data):\n{lines}\n    return 1\n"
        )


IMPORTS = "import ctypes, mmap, multiprocessing, os, signal, subprocess, sys, threading, time"

OK = frozenset({Outcome.OK})
MEMORY = frozenset({Outcome.OUT_OF_MEMORY})
TIMEOUT = frozenset({Outcome.TIMEOUT})
CRASHED = frozenset({Outcome.CRASHED})

DAEMONISE = """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        {shield}
        time.sleep(1000)
    os._exit(0)
os.wait()
"""

FAULTS: dict[str, Fault] = {
    "allocate": Fault(
        "held = []\nwhile True:\n    held.append(bytearray(20_000_000))",
        MEMORY,
        needs_limit=True,
    ),
    "allocate in threads": Fault(
        "held = []\n"
        "def take():\n    while True:\n        held.append(bytes(1_000_000))\n"
        "threads = [threading.Thread(target=take) for _ in range(4)]\n"
        "for thread in threads: thread.start()\n"
        "for thread in threads: thread.join()",
        MEMORY,
        needs_limit=True,
    ),
    "allocate in a child": Fault(
        "if os.fork() == 0:\n"
        "    held = []\n"
        "    while True: held.append(bytearray(20_000_000))\n"
        "time.sleep(1000)",
        MEMORY,
        needs_limit=True,
    ),
    "allocate in a pool": Fault(
        "with multiprocessing.get_context('fork').Pool(2) as pool:\n"
        "    pool.map(bytearray, [150_000_000, 150_000_000, 400_000_000])",
        MEMORY,
        needs_limit=True,
    ),
    "allocate in a daemon": Fault(
        DAEMONISE.replace("{shield}", "held = [bytearray(20_000_000) for _ in range(100)]")
        + "time.sleep(1000)",
        MEMORY,
        needs_limit=True,
    ),
    "fill shared memory": Fault(
        "with open('/dev/shm/fault', 'wb') as file:\n"
        "    for _ in range(30): file.write(bytes(20_000_000))\n"
        "time.sleep(1000)",
        MEMORY,
        needs_limit=True,
    ),
    "leave shared memory": Fault(
        "with open('/dev/shm/fault', 'wb') as file: file.write(bytes(20_000_000))", OK
    ),
    "leave files": Fault(
        "import tempfile\n"
        "open('relative', 'w').write('x')\n"
        "tempfile.mkdtemp()\n"
        "open(os.environ['RAY_TMPDIR'] + '/ray', 'w').write('x')",
        OK,
    ),
    "map a file": Fault(
        "with open('large', 'wb') as file:\n"
        "    for _ in range(30): file.write(bytes(10 * 2**20))\n"
        "with open('large', 'rb') as file, mmap.mmap(file.fileno(), 0, prot=1) as view:\n"
        "    sum(view[:: mmap.PAGESIZE])",
        OK,
    ),
    "fork bomb": Fault(
        "for _ in range(7): os.fork()\ntime.sleep(1000)", TIMEOUT, "ended after", seconds=2.0
    ),
    "fork chain": Fault(
        "for _ in range(100):\n    if os.fork(): break\nelse:\n    time.sleep(1000)\n"
        "time.sleep(1000)",
        TIMEOUT,
        seconds=2.0,
    ),
    "ignore SIGTERM": Fault(
        "for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):\n"
        "    signal.signal(number, signal.SIG_IGN)\n"
        "time.sleep(1000)",
        TIMEOUT,
        seconds=1.0,
    ),
    "stop itself": Fault("os.kill(os.getpid(), signal.SIGSTOP)", TIMEOUT, seconds=1.0),
    "stop a child": Fault(
        "child = subprocess.Popen([sys.executable, '-c', 'import os; os.kill(os.getpid(), 19)'])\n"
        "child.wait()",
        TIMEOUT,
        seconds=1.0,
    ),
    "spin": Fault("while True: pass", TIMEOUT, seconds=1.0),
    "segfault": Fault("ctypes.string_at(0)", CRASHED, "SIGSEGV"),
    "abort": Fault("os.abort()", CRASHED, "SIGABRT"),
    "abort on allocation": Fault(
        "sys.stderr.write('memory allocation of 64 bytes failed')\nsys.stderr.flush()\nos.abort()",
        MEMORY,
        "aborted",
    ),
    "kill itself": Fault("os.kill(os.getpid(), signal.SIGKILL)", CRASHED, "outside"),
    "kill the supervisor": Fault(
        "os.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(1000)", CRASHED, "supervisor"
    ),
    "exit 0": Fault("os._exit(0)", CRASHED, "exited with status 0"),
    "exit 3": Fault("os._exit(3)", CRASHED, "exited with status 3"),
    "sys.exit": Fault("sys.exit(0)", CRASHED, "SystemExit"),
    "raise": Fault("raise ValueError('a reason')", CRASHED, "ValueError: a reason"),
    "raise MemoryError": Fault("bytearray(2**62)", MEMORY, "MemoryError"),
    "recurse": Fault("def again(): again()\nagain()", CRASHED, "RecursionError"),
    "answer garbage": Fault(
        "for number in range(3, 30):\n"
        "    try: os.write(number, b'\\xff{{\\n')\n"
        "    except OSError: pass\n"
        "time.sleep(1000)",
        CRASHED,
        "other than the worker wrote",
    ),
    "answer endlessly": Fault(
        "for number in range(3, 30):\n"
        "    try:\n"
        "        while True: os.write(number, b'x' * 65536)\n"
        "    except OSError: pass\n"
        "time.sleep(1000)",
        CRASHED,
        "other than the worker wrote",
    ),
    "close the pipe": Fault(
        "os.closerange(3, 256)\ntime.sleep(1000)", CRASHED, "closed its result pipe"
    ),
    "print megabytes": Fault(
        "for _ in range(100): os.write(1, bytes(2**20)); os.write(2, bytes(2**20))", OK
    ),
    "close standard output": Fault("os.closerange(0, 3)", OK),
    "daemonise": Fault(DAEMONISE.replace("{shield}", "pass"), OK),
    "daemonise and wait": Fault(
        DAEMONISE.replace("{shield}", "pass") + "time.sleep(1000)", TIMEOUT, seconds=3.0
    ),
    "daemonise without environment": Fault(
        "subprocess.Popen(['/bin/sh', '-c', 'exec sleep 1000'], env={}, start_new_session=True)", OK
    ),
    "outlive the parent": Fault(
        "subprocess.Popen(['sleep', '1000'], start_new_session=True)\nos._exit(0)", CRASHED
    ),
    "hold the log open": Fault("subprocess.Popen(['sleep', '1000'])\nos._exit(1)", CRASHED),
    "fork past the end": Fault("os.fork()", OK),
}
