"""A real Chromium, driven over a pipe by its own DevTools protocol; no driver to install.

What is typed and clicked here are the browser's own events, as from a person's keyboard.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

BROWSER = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic",
    "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND", "--hide-scrollbars",
    "--remote-debugging-pipe",
)  # fmt: skip
KEYS = {"Tab": ("Tab", 9, ""), "Enter": ("Enter", 13, "\r"), "Space": ("Space", 32, " "),
        "ArrowRight": ("ArrowRight", 39, "")}  # fmt: skip

Scheme = Literal["light", "dark"]


@dataclass(slots=True)
class Page:
    """One tab; `console`, `errors` and `requests` are what it has said and asked for so far."""

    _reading: Any
    _writing: Any
    _session: str = ""
    _sent: int = 0
    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    _loaded: bool = False
    _heard: bytearray = field(default_factory=bytearray)

    def open(self, path: Path, scheme: Scheme = "light", width: int = 1200) -> None:
        """Open a file as a person does, in a colour scheme and a window of a width."""
        self.console.clear()
        self.requests.clear()
        self.show(scheme, width)
        self._loaded = False
        self.send("Page.navigate", url=path.absolute().as_uri())
        while not self._loaded:
            self._hear(self._receive())

    def show(self, scheme: Scheme, width: int, height: int = 900) -> None:
        """Change the colour scheme and the window."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.send("Emulation.setEmulatedMedia", features=features)
        size = {"width": width, "height": height}
        self.send("Emulation.setDeviceMetricsOverride", **size, deviceScaleFactor=1, mobile=False)

    def told(self, expression: str) -> Any:
        """Evaluate an expression, awaited where it is a promise; RuntimeError where it throws."""
        asked = {"expression": expression, "returnByValue": True, "awaitPromise": True}
        found = self.send("Runtime.evaluate", **asked, userGesture=True)
        if "exceptionDetails" in found:
            raise RuntimeError(json.dumps(found["exceptionDetails"])[:2000])
        return found["result"].get("value")

    def press(self, *keys: str) -> None:
        """Press and release keys, one after the other."""
        for key in keys:
            code, number, text = KEYS[key]
            about = {"key": text.strip() or key, "code": code, "windowsVirtualKeyCode": number}
            about["key"] = " " if key == "Space" else key
            self.send("Input.dispatchKeyEvent", type="keyDown", text=text, **about)
            self.send("Input.dispatchKeyEvent", type="keyUp", **about)

    def picture(self, path: Path, top: int = 0, height: int | None = None) -> None:
        """Take a picture of the whole page, or of a part as high as that."""
        size = self.send("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": top, "width": size["width"], "height": height or size["height"]}
        taken = self.send(
            "Page.captureScreenshot", clip={**clip, "scale": 1}, captureBeyondViewport=True
        )
        path.write_bytes(base64.b64decode(taken["data"]))

    def printed(self) -> bytes:
        """Print the page to PDF on A4, as the page asks."""
        told = {"paperWidth": 8.27, "paperHeight": 11.69, "preferCSSPageSize": True}
        return base64.b64decode(self.send("Page.printToPDF", **told)["data"])

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask the browser and return its answer; RuntimeError where it refuses."""
        self._sent += 1
        message: dict[str, Any] = {"id": self._sent, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._writing.write(json.dumps(message).encode() + b"\0")
        self._writing.flush()
        while (answer := self._receive()).get("id") != self._sent:
            self._hear(answer)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return dict(answer["result"])

    def attach(self) -> None:
        """Open the tab and listen to it."""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        attached = self.send("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._heard:
            more = self._reading.read1()
            if not more:
                raise RuntimeError("the browser has ended")
            self._heard += more
        text, _, self._heard = self._heard.partition(b"\0")
        return dict(json.loads(text))

    def _hear(self, event: dict[str, Any]) -> None:
        about = event.get("params", {})
        match event.get("method"):
            case "Page.loadEventFired":
                self._loaded = True
            case "Runtime.consoleAPICalled":
                self.console.append(json.dumps(about["args"]))
            case "Runtime.exceptionThrown":
                self.console.append(json.dumps(about["exceptionDetails"]))
            case "Log.entryAdded":
                self.console.append(about["entry"]["text"])
            case "Network.requestWillBeSent":
                self.requests.append(about["request"]["url"])
            case _:
                pass


@contextmanager
def chromium(profile: Path) -> Iterator[Page]:
    """Start a browser with a profile of its own, and end it."""
    there, answers = os.pipe(), os.pipe()
    started = subprocess.Popen(
        # The protocol's pipe is read from descriptor 3 and written to 4.
        ["bash", "-c", f'exec "$@" 3<&{there[0]} 4>&{answers[1]}', "bash",
         BROWSER, *OPTIONS, f"--user-data-dir={profile}"],
        pass_fds=(there[0], answers[1]), stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(there[0])
    os.close(answers[1])
    with os.fdopen(there[1], "wb") as writing, os.fdopen(answers[0], "rb") as reading:
        page = Page(reading, writing)
        try:
            page.attach()
            yield page
        finally:
            started.terminate()
            started.wait(30)
