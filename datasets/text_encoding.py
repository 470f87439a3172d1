"""The encoding of a text file: UTF-8, the one that the workload names, or one that is guessed."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from ..errors import DataError
from ..spec.workload import CsvFormat

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

HEAD_BYTES = 1 << 20
# A byte order mark, then the name of the encoding; UTF-32's begins with UTF-16's.
MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
BINARY = "binary"
# Latin-1 with printable characters where Latin-1 has control codes.
SINGLE_BYTE = "WINDOWS-1252"

CODECS = {".gz": "gzip", ".zst": "zstd"}


class EncodingError(DataError):
    """A file that is not in the encoding in which it is read; `encoding` is what it looks like."""

    def __init__(self, path: Path, problem: str, encoding: str) -> None:
        self.encoding = encoding
        super().__init__(
            f"{path}: {problem}; add csv: {{encoding: {encoding}}} to the dataset, or save the file"
            " as UTF-8"
        )


def check_encoding(path: Path, most: int | None = None) -> None:
    """Raise EncodingError if the first `most` bytes of a file, or all, are not UTF-8."""
    decoder, line, read = codecs.getincrementaldecoder("utf-8")(), 1, 0
    with pa.input_stream(path, compression="detect") as stream:
        while block := stream.read(HEAD_BYTES if most is None else min(HEAD_BYTES, most - read)):
            if read == 0:
                _check_wide_encoding(path, block)
            read += len(block)
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                line += error.object[: error.start].count(b"\n")
                problem = f"line {line} is not UTF-8 (it may be {SINGLE_BYTE}, or Latin-1)"
                raise EncodingError(path, problem, SINGLE_BYTE) from None
            line += block.count(b"\n")


def _check_wide_encoding(path: Path, head: bytes) -> None:
    encoding = _find_wide_encoding(head)
    if encoding == BINARY:
        raise DataError(f"{path}: is not a text file (it holds zero bytes); check the path")
    if encoding:
        raise EncodingError(path, f"is {encoding}, not UTF-8", encoding)


def _find_wide_encoding(head: bytes) -> str | None:
    """Return an encoding of two or four bytes a character, or BINARY; None for other text."""
    for mark, name in MARKS.items():
        if head.startswith(mark):
            return name
    if b"\0" not in head:
        return None
    odd, even = head[1::2].count(0), head[::2].count(0)
    if max(odd, even) > len(head) // 4:
        return "UTF-16LE" if odd > even else "UTF-16BE"
    return BINARY


def decompress(raw: pa.NativeFile, path: Path) -> pa.NativeFile:
    """Return a file's text, decompressed where the file's name says that it is not plain."""
    codec = CODECS.get(path.suffix.lower())
    return pa.CompressedInputStream(raw, codec) if codec else raw


class PlainText(io.RawIOBase):
    """A text file's bytes as UTF-8, without the lines that begin with the sign of a comment.

    `instead` stands in place of each of them: an empty line keeps the numbers of the others.
    """

    def __init__(
        self, raw: pa.NativeFile, path: Path, csv_format: CsvFormat, instead: str = ""
    ) -> None:
        super().__init__()
        self._raw = raw  # what is decompressed closes its file where nobody holds it
        text = _decode(raw, path, csv_format.encoding or "utf-8")
        self._blocks = _keep_lines(text, csv_format, instead)
        self._ready = b""

    def readable(self) -> bool:
        """Return True: the file is there to be read."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill a buffer; return the number of bytes, 0 at the end of the file."""
        while not self._ready:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._ready = block.encode()
        target = memoryview(buffer)
        count = min(len(target), len(self._ready))
        target[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count


def _decode(raw: pa.NativeFile, path: Path, encoding: str) -> Iterator[str]:
    """Yield a file's text, block by block; raise DataError where it is not in its encoding."""
    decoder, line, block = codecs.getincrementaldecoder(encoding)(), 1, b"\n"
    first = True
    while block:
        block = raw.read(HEAD_BYTES)
        try:
            text = decoder.decode(block, not block)
        except UnicodeError:
            mend = "; name its own encoding, or save the file as UTF-8"
            raise DataError(f"{path}: from line {line} on it is not {encoding}{mend}") from None
        line += text.count("\n")
        yield text.removeprefix("\ufeff") if first else text
        first = False


def _keep_lines(blocks: Iterator[str], csv_format: CsvFormat, instead: str) -> Iterator[str]:
    """Yield the text without comments; within quotes, no line is one."""
    if not csv_format.comment:
        yield from blocks
        return
    rest, quoted = "", False
    for block in blocks:
        *lines, rest = (rest + (block or "\n")).split("\n")
        kept = []
        for line in lines:
            if quoted or not line.startswith(csv_format.comment):
                kept.append(f"{line}\n")
                quoted ^= bool(csv_format.quote) and line.count(csv_format.quote) % 2 == 1
            else:
                kept.append(instead)
        yield "".join(kept)
