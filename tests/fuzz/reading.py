"""Random pandas programs of the readable subset, run by pandas itself and by the oracle.

`python -m tests.fuzz.reading 2000` prints the programs whose answers differ; `SEED` as second
argument draws others. What is not read is counted by its sentence. Where a statement makes rows
that are not read, the rest of the program is read of these rows, given as a file.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
from dfbench.reading import DataFile
from dfbench.reading.model import LoadedFrame, Reading, Source

from tests.reading import corpus
from tests.reading.answers import compare_script
from tests.reading.corpus import Snippet

KEYS = ("shop", "city", "active", "code", "name")
NUMBERS = ("qty", "price", "cost", "code")
TEXTS = ("shop", "city", "name")
WORDS = {"shop": ("a", "b"), "city": ("Rome", "Oslo"), "name": ("Item 1 x", "Item 4 x")}
# Statements that are not read, and that leave the columns as they are.
UNREAD = (
    "df = df.iloc[::-1]",
    'df = df.sort_values("cost", key=lambda s: -s)',
    'df = df.set_index("day").sort_index(key=lambda s: s).reset_index()[df.columns]',
)
ORDERED = 'pd.Categorical(df["city"], categories=["Rome", "Oslo", "Bonn"], ordered=True)'
AGGREGATIONS = ("sum", "mean", "min", "max", "count", "nunique", "std", "var", "median", "first")


class Program:
    """Draws one program: statements over `df`, the last of which makes `out`."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.numbers = list(NUMBERS)
        self.keys = list(KEYS)
        self.lines: list[str] = []
        self.coded: list[str] = []

    def write(self) -> str:
        """Return the program's text."""
        for _ in range(self.draw.randrange(4)):
            self.lines.append(self.prepare())
        if self.draw.random() < 0.2:
            self.lines.append(self.draw.choice(UNREAD))
        self.lines.append(f"out = {self.answer()}")
        return "\n".join(self.lines) + "\n"

    def pick(self, *choices: str) -> str:
        return self.draw.choice(choices)

    def number(self) -> str:
        """Return an expression of a number for each row."""
        x, y = (f'df["{self.draw.choice(self.numbers)}"]' for _ in range(2))
        z = self.draw.choice(self.numbers)
        grouped = f"df.groupby('{self.draw.choice(self.keys)}')['{z}']"
        return self.pick(
            x,
            f"{x} {self.pick('+', '-', '*')} {y}",
            f"{x} / {self.pick('2', '4.5', y)}",
            f"{x} // {self.pick('3', y)}",
            f"{x} % {self.pick('3', y)}",
            f"{x}.fillna({self.pick('0', '1.5')})",
            f"{x}.abs()",
            f"-{x}",
            f"{x}.clip({self.pick('2', '1.5')}, 8)",
            f"np.where({self.condition()}, {x}, {y})",
            f"{x}.where({self.condition()})",
            f"{x}.where({self.condition()}, {y})",
            f"({self.condition()}).astype(int)",
            f"{x}.apply(lambda x: x * 2 if x > 4 else {self.pick('x', '0', 'x - 1')})",
            f"df.apply(lambda r: r['qty'] - r['cost'] if r['{z}'] > 3 else r.code, axis=1)",
            f"{x} - {x}.mean()",
            f"{x} - {grouped}.transform('{self.pick('mean', 'max', 'count')}')",
            f"{grouped}.{self.pick('shift()', 'cumsum()', 'diff()', 'rank()')}",
            f"{grouped}.transform(lambda s: s.{self.window()})",
            f"{x}.{self.window()}",
            f"df.sort_values('day', ascending=False).groupby('city')['{z}'].shift(1)",
            f"df[{self.condition()}]['{z}']",
            f"df[['qty', '{z}']].{self.pick('sum', 'mean')}(axis=1)",
            "df['city'].map({'Rome': 1, 'Oslo': 2})",
            "df['name'].str.len()",
        )

    def window(self) -> str:
        """Return a method of a series that has a value for each row, from the rows around it."""
        return self.pick(
            f"rolling({self.pick('2', '3')}).{self.pick('mean', 'sum', 'max', 'count')}()",
            f"rolling(4, min_periods={self.pick('1', '2')}).{self.pick('min', 'std', 'median')}()",
            f"expanding().{self.pick('mean', 'sum', 'max', 'count')}()",
            f"rank(method='{self.pick('dense', 'first', 'max', 'average')}')",
            f"{self.pick('ffill', 'bfill', 'cummax', 'cummin', 'pct_change')}()",
        )

    def condition(self) -> str:
        """Return a condition on rows."""
        x = f'df["{self.draw.choice(self.numbers)}"]'
        text = self.draw.choice(TEXTS)
        word = self.draw.choice(WORDS[text])
        one = self.pick(
            f"({x} {self.pick('>', '<', '>=', '<=', '==', '!=')} {self.pick('3', '5', '8.5')})",
            f"(df['{text}'] {self.pick('==', '!=')} '{word}')",
            f"df['{text}'].isin(['{word}', 'zz'])",
            f"{x}.between(2, 9)",
            f"{x}.{self.pick('isna', 'notna')}()",
            "df['active']",
            f"({x} > {x}.mean())",
        )
        if self.draw.random() < 0.3:
            one = f"~{one}"
        if self.draw.random() < 0.25:
            one = f"({one} {self.pick('&', '|')} {self.condition()})"
        return one

    def prepare(self) -> str:
        """Return a statement that changes the frame."""
        fresh = f"c{len(self.lines)}"
        match self.draw.randrange(8):
            case 6:
                return self.make_categories(fresh)
            case 7 if "size" not in self.numbers:
                return self.merge()
            case 0 | 1:
                line = f'df["{fresh}"] = {self.number()}'
                self.numbers.append(fresh)
                return line
            case 2:
                return f"df = df[{self.condition()}]"
            case 3:
                name = self.draw.choice(self.numbers)
                # the last digits of a number tell groups apart, and no answers
                self.keys = [key for key in self.keys if key != name]
                return f'df["{name}"] = {self.number()}'
            case 4:
                line = f'df["{fresh}"] = np.where({self.condition()}, "x", "y")'
                self.keys.append(fresh)
                return line
            case _:
                line = (
                    f'df = df.assign({fresh}=lambda d: d["{self.draw.choice(self.numbers)}"] * 2)'
                )
                self.numbers.append(fresh)
                return line

    def make_categories(self, fresh: str) -> str:
        """Return a statement that makes a column of categories, new or in another's place."""
        x = f'df["{self.draw.choice(NUMBERS)}"]'
        name, made = self.draw.choice(
            (
                (fresh, f'pd.cut({x}, [0, 3, 6, 90], labels=["low", "mid", "high"])'),
                (fresh, f"pd.cut({x}, [0, 3, 12, 90])"),
                (fresh, ORDERED),
                ("city", ORDERED),
                ("city", 'df["city"].astype("category")'),
                ("shop", 'df["shop"].astype("category").cat.set_categories(list("dbca"))'),
            )
        )
        if name == fresh:
            self.keys.append(fresh)
        self.coded.append(name)
        return f'df["{name}"] = {made}'

    def merge(self) -> str:
        """Return a statement that joins the shops, which have a city too."""
        self.numbers.append("size")
        self.keys += ["region", "city_s"]
        how, other = self.pick("inner", "left"), 'pd.read_parquet("shops.parquet")'
        rows = 'df.dropna(subset=["shop"])'
        return f'df = {rows}.merge({other}, on="shop", how="{how}", suffixes=("", "_s"))'

    def answer(self) -> str:
        """Return the last expression."""
        keys = self.draw.sample(self.keys, self.draw.choice((1, 1, 2)))
        by = repr(keys[0] if len(keys) == 1 else keys)
        options = self.pick("", "", ", as_index=False", ", dropna=False", ", sort=False")
        free = [name for name in self.numbers if name not in keys]
        x, y = self.draw.sample(free, 2) if len(free) > 1 else (free[0], free[0])
        one, two = self.draw.choice(AGGREGATIONS), self.draw.choice(AGGREGATIONS)
        observed = ", observed=True" if self.coded else ""
        grouped, plain = f"df.groupby({by}{options}{observed})", f"df.groupby({by}{observed})"
        return self.pick(
            f'{grouped}["{x}"].{one}()',
            f'{grouped}[["{x}", "{y}"]].{one}()',
            f'{grouped}.agg({{"{x}": "{one}", "{y}": "{two}"}})',
            f'{grouped}.agg(a=("{x}", "{one}"), b=("{y}", "{two}"))',
            f'{grouped}["{x}"].agg(["{one}", "{two}x"])'.replace(f"{two}x", "size"),
            f"{plain}.size()",
            f'{plain}.size().reset_index(name="n")',
            f'{plain}["{x}"].{one}().reset_index(name="t")',
            f'{plain}["{x}"].sum() / {plain}["{y}"].count()',
            f'{plain}["{x}"].{one}() / df["{y}"].{two}()',
            f'{plain}["{x}"].{one}() - {plain}["{x}"].{two}()',
            f'df["{keys[0]}"].map(df.groupby("{keys[0]}"{observed})["{x}"].{one}())',
            f'df[["{x}", "{y}"]].{self.pick("mean", "sum", "max", "median", "count")}()',
            f'df[["{x}", "{y}"]].apply(lambda s: s.max() - s.min())',
            f'{plain}["{x}"].apply(lambda s: s.sum() / df["{x}"].sum())',
            f'{plain}["{x}"].sum() / df.groupby("{keys[0]}"{observed})["{x}"].sum()',
            f'{plain}.tail(2)[["{x}", "{y}"]]',
            f'df[["{x}", "{y}"]].round(1)',
            (
                f'df.pivot_table(index="city", columns="active", values="{y}", '
                f'aggfunc="{one}"{observed})'
            ),
            f'{plain}.apply(lambda g: g["{x}"].sum() / g["{y}"].max())',
            f'{plain}.apply(lambda g: g[g["{x}"] > 4]["{y}"].sum())',
            f'{plain}["{x}"].agg(lambda s: s.max() - s.min())',
            f'{plain}["{x}"].agg(lambda s: (s > 4).mean())',
            f'df[["{x}", "{y}"]]',
            f'df["{x}"].sum()',
            f"df[{self.condition()}][['{x}', '{y}']]",
            f'df["{keys[0]}"].astype(object).value_counts()',
            f'df.sort_values(["{keys[0]}", "mail"])[["{keys[0]}", "mail"]].head(7)',
            f'{plain}["{x}"].sum().head(2)',
            f'{plain}["{x}"].max().reset_index().sort_values({by}, ascending=False)',
            f'df[["{x}"]].assign(z={self.number()})',
        )


def programs(count: int, seed: int) -> Iterator[Snippet]:
    """Draw so many programs."""
    for number in range(count):
        draw = random.Random(f"{seed} {number}")
        yield Snippet("fuzz", str(number), Program(draw).write())


def list_given(reading: Reading) -> list[LoadedFrame]:
    """Return the frames of a program whose rows have to be given."""
    return [one for one in reading.frames if one.variable]


def find_difference(program: Snippet, reading: Reading) -> str:
    """Return how the answer of a program differs, of the rows that are given where it needs any."""
    given = list_given(reading)
    if not given:
        return corpus.differs_safely(program, reading)
    files = ("sales.parquet", "shops.parquet")
    data = [DataFile(Path(file).resolve()) for file in files if file in program.text]
    for frame in given:
        lines = program.text.splitlines()[: frame.line]
        path = Path(f"{frame.name}.parquet").resolve()
        part = Snippet(program.topic, program.name, "\n".join(lines))
        try:
            corpus.run(part, frame.variable).to_parquet(path, index=False)
        except pa.ArrowNotImplementedError:  # Parquet has no intervals
            return ""
        data.append(DataFile(path, frame.name))
    source = Source("code.py", program.text)
    with TemporaryDirectory() as cache:
        try:
            return "; ".join(how for _, how in compare_script(source, data, Path(cache)) if how)
        except Exception as error:  # noqa: BLE001 - any error is a finding
            return f"{type(error).__name__}: {error}"


def find_differences(count: int, seed: int) -> tuple[list[str], Counter[str]]:
    """Return the programs whose answers differ, and how many were not read, by the reason."""
    wrong: list[str] = []
    unread: Counter[str] = Counter()
    with corpus.data_folder():
        for program in programs(count, seed):
            reading = corpus.read(program)
            notes = [one.text for one in reading.remarks if one.kind == "unread"]
            if notes and not list_given(reading):
                unread[notes[0]] += 1
                continue
            try:
                if not len(corpus.run(program, "df")):
                    continue  # pandas' apply makes another frame of one without rows
            except Exception:  # noqa: BLE001 - pandas refuses some of what is drawn
                unread["pandas raises"] += 1
                continue
            how = find_difference(program, reading)
            if how:
                wrong.append(f"{program.code}{how}\n{reading.workload}")
    return wrong, unread


def main() -> int:
    """Print the programs that differ; exit with 1 if there are any."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    wrong, unread = find_differences(count, seed)
    for text in wrong:
        print(text)
    print(f"{count} programs, {len(wrong)} differ, {unread.total()} not read: {unread}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
