"""R's stream and db-benchmark's script in plain Python, a draw at a time: slow, and nothing shared
with `dfbench.datasets`."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

Frame: TypeAlias = dict[str, list[Any]]


class SlowR:
    def __init__(self, seed: int) -> None:
        state = seed & 0xFFFFFFFF
        for _ in range(50):
            state = (69069 * state + 1) % 2**32
        words = []
        for _ in range(625):
            state = (69069 * state + 1) % 2**32
            words.append(state)
        self.state, self.position = words[1:], 624

    def word(self) -> int:
        if self.position == 624:
            self.twist()
        y = self.state[self.position]
        self.position += 1
        y ^= y >> 11
        y ^= (y << 7) & 0x9D2C5680
        y ^= (y << 15) & 0xEFC60000
        return y ^ (y >> 18)

    def twist(self) -> None:
        for i in range(624):
            y = (self.state[i] & 0x80000000) | (self.state[(i + 1) % 624] & 0x7FFFFFFF)
            odd = 0x9908B0DF if y & 1 else 0
            self.state[i] = self.state[(i + 397) % 624] ^ (y >> 1) ^ odd
        self.position = 0

    def uniform(self) -> float:
        value = self.word() * 2.3283064365386963e-10
        if value <= 0:
            return 0.5 * 2.328306437080797e-10
        return 1 - 0.5 * 2.328306437080797e-10 if 1 - value <= 0 else value

    def index(self, n: int) -> int:
        if n <= 0:
            return 0
        bits = math.ceil(math.log2(n))
        while True:
            value = 0
            for _ in range(0, bits + 1, 16):
                value = 65536 * value + math.floor(self.uniform() * 65536)
            value %= 2**bits
            if value < n:
                return value

    def sample(self, n: int, size: int) -> list[int]:
        return [self.index(n) + 1 for _ in range(size)]

    def distinct(self, n: int, size: int, hashed_above: int = 10_000_000) -> list[int]:
        if n > hashed_above and size <= n / 2:
            seen = {}
            while len(seen) < size:
                seen.setdefault(self.index(n))
            return list(seen)
        left = list(range(n))
        chosen = []
        for _ in range(size):
            hole = self.index(len(left))
            chosen.append(left[hole])
            left[hole] = left[-1]
            left.pop()
        return chosen


def rounded(x: float, digits: int = 6) -> float:
    """`round` as R 4 has it: of the two neighbours, the one that is nearer as doubles."""
    scale = 10.0**digits
    scaled = scale * x
    low = math.floor(scaled)
    down, up = low / scale, math.ceil(scaled) / scale
    if x - down < up - x or (x - down == up - x and low % 2 == 0):
        return down
    return up


def g1(n: int, k: int, nas: int, order: bool, seed: int = 108) -> Frame:
    """Return the columns of `G1_n_k_nas_order` as lists, None for a null."""
    r = SlowR(seed)
    frame = {
        "id1": [f"id{i:03d}" for i in r.sample(k, n)],
        "id2": [f"id{i:03d}" for i in r.sample(k, n)],
        "id3": [f"id{i:010d}" for i in r.sample(n // k, n)],
        "id4": r.sample(k, n),
        "id5": r.sample(k, n),
        "id6": r.sample(n // k, n),
        "v1": r.sample(5, n),
        "v2": r.sample(15, n),
        "v3": [rounded(100 * r.uniform()) for _ in range(n)],
    }
    if nas > 0:
        for name in ("id1", "id2", "id3", "id4", "id5", "id6"):
            values = list(dict.fromkeys(frame[name]))
            chosen = r.distinct(len(values), int(len(values) * (nas / 100)))
            none = {values[place] for place in chosen}
            frame[name] = [None if value in none else value for value in frame[name]]
        for name in ("v1", "v2", "v3"):
            for row in r.distinct(n, int(n * (nas / 100))):
                frame[name][row] = None
    if order:
        keys = ("id1", "id2", "id3", "id4", "id5", "id6")
        rank = [[(v is not None, v or 0) for v in frame[key]] for key in keys[3:]]
        text = [[v or "" for v in frame[key]] for key in keys[:3]]
        rows = sorted(range(n), key=lambda i: [*(c[i] for c in text), *(c[i] for c in rank)])
        frame = {name: [values[i] for i in rows] for name, values in frame.items()}
    return frame


def j1(n: int, nas: int, order: bool, seed: int = 108) -> dict[str, Frame]:
    """Return the tables of `J1_n_NA_nas_order`, the rows' own under "x", as lists of columns."""
    r = SlowR(seed)
    sizes = {"id1": max(n // 10**6, 10), "id2": max(n // 1000, 10), "id3": n}
    keys = {name: split(r, size) for name, size in sizes.items()}
    x = {name: all_of(r, common + left, n) for name, (common, left, _) in keys.items()}
    x = in_order(x, list(x)) if order else x
    x["v1"] = [rounded(100 * r.uniform()) for _ in range(n)]
    if nas > 0:
        for name in sizes:
            values = list(dict.fromkeys(x[name]))
            chosen = r.distinct(len(values), int(len(values) * (nas / 100)))
            none = {values[place] for place in chosen}
            x[name] = [None if value in none else value for value in x[name]]
        for row in r.distinct(n, int(n * (nas / 100))):
            x["v1"][row] = None
    tables = {"x": spelled(x)}
    for count, table in enumerate(("small", "medium", "big"), 1):
        names, rows = list(sizes)[:count], list(sizes.values())[count - 1]
        frame = {name: all_of(r, keys[name][0] + keys[name][2], rows) for name in names}
        frame = in_order(frame, names[-1:]) if order else frame
        frame["v2"] = [rounded(100 * r.uniform()) for _ in range(rows)]
        tables[table] = spelled(frame)
    return tables


def split(r: SlowR, size: int) -> tuple[list[int], list[int], list[int]]:
    common = size * 9 // 10
    alone = size - common
    values = [place + 1 for place in r.distinct(size + alone, size + alone)]
    return values[:common], values[common:size], values[size:]


def all_of(r: SlowR, values: list[Any], rows: int) -> list[Any]:
    drawn = values + [values[i - 1] for i in r.sample(len(values), rows - len(values))]
    return [drawn[place] for place in r.distinct(rows, rows)]


def in_order(frame: Frame, by: list[str]) -> Frame:
    rows = len(next(iter(frame.values())))
    places = sorted(range(rows), key=lambda i: [frame[name][i] for name in by])
    return {name: [values[i] for i in places] for name, values in frame.items()}


def spelled(frame: Frame) -> Frame:
    """Put the keys as texts behind the keys: id4 spells id1."""
    *keys, measure = frame
    texts = {
        f"id{int(name[2:]) + 3}": [None if v is None else f"id{v}" for v in frame[name]]
        for name in keys
    }
    return {**{name: frame[name] for name in keys}, **texts, measure: frame[measure]}
