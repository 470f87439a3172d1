"""The encoding of a text file: dfbench reads UTF-8, and names what else a file looks like."""

from __future__ import annotations

import codecs
from pathlib import Path

import pyarrow as pa

from ..errors import DataError

HEAD_BYTES = 1 << 20
# A byte order mark, then the name that iconv knows; UTF-32's begins with UTF-16's.
MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
BINARY = "binary"
# Latin-1 with printable characters where Latin-1 has control codes.
SINGLE_BYTE = "WINDOWS-1252"


def check_encoding(path: Path, most: int | None = None) -> None:
    """Raise DataError if the first `most` bytes of a file, or all, are not UTF-8.

    The sentence names the encoding that the file seems to have, and the command that converts it.
    """
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
                raise _build_error(path, problem, SINGLE_BYTE) from None
            line += block.count(b"\n")


def _check_wide_encoding(path: Path, head: bytes) -> None:
    encoding = _find_wide_encoding(head)
    if encoding == BINARY:
        raise DataError(f"{path}: is not a text file (it holds zero bytes); check the path")
    if encoding:
        raise _build_error(path, f"is {encoding}, not UTF-8", encoding)


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


def _build_error(path: Path, problem: str, encoding: str) -> DataError:
    return DataError(
        f"{path}: {problem}; save the file as UTF-8, for example by "
        f"`iconv -f {encoding} -t UTF-8 {path.name} > utf8-{path.name}`"
    )
