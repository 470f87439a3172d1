"""`pd.concat`: of files as one dataset, of columns as their values, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from dfbench.datasets.dataset import make_dataset
from dfbench.engines import find
from dfbench.engines.your_code import YourCode
from dfbench.reading import DataFile, read_code
from dfbench.reading.model import Source
from dfbench.spec.reader import read_text

from tests.reading.answers import compare_script

START = "import glob\nimport os\nimport pandas as pd\nfrom pathlib import Path\n"
END = "out = df.groupby('k')['v'].agg(['sum', 'count'])\n"
LOOP = """parts = []
for name in {files}:
    part = pd.read_csv(name)
    part['w'] = part['v'] * 2
    parts.append(part)
df = pd.concat(parts, ignore_index=True)
"""
GLOB_LOOP = """parts = []
for name in glob.glob(os.path.join('.', 's*.csv')):
    part = pd.read_csv(name, index_col=None, header=0)
    parts.append(part)
df = pd.concat(parts, axis=0, ignore_index=True)
"""
FILES = "['s1.csv', 's2.csv']"
READ = {
    "calls": "df = pd.concat([pd.read_csv('s1.csv'), pd.read_csv('s2.csv')], ignore_index=True)\n",
    "frames": "a = pd.read_csv('s1.csv')\nb = pd.read_csv('s2.csv')\ndf = pd.concat([a, b])\n",
    "a comprehension": f"df = pd.concat([pd.read_csv(one) for one in {FILES}])\n",
    "a generator": "df = pd.concat((pd.read_csv(f's{n}.csv') for n in (1, 2)), sort=False)\n",
    "a loop": LOOP.format(files=FILES),
    "frames that are changed alike": "a = pd.read_csv('s1.csv')\nb = pd.read_csv('s2.csv')\n"
    "a = a[a.v > 1]\nb = b[b.v > 1]\ndf = pd.concat([a, b], ignore_index=True)\n",
}
PATTERNS = {
    "a pattern": "df = pd.concat([pd.read_csv(one) for one in sorted(glob.glob('s*.csv'))])\n",
    "a map": "df = pd.concat(map(pd.read_csv, glob.glob('s*.csv')))\n",
    "a folder": "df = pd.concat(pd.read_csv(one) for one in Path('.').glob('s*.csv'))\n",
    "a loop over a pattern": GLOB_LOOP,
}
ALONE = "s1 = pd.read_csv('s1.csv')\ns2 = pd.read_csv('s2.csv')\nt = pd.read_csv('t.csv')\n"


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("s1.csv").write_text("k,v,u\na,1,4\nb,2,5\n,3,6\n")
    Path("s2.csv").write_text("k,v,u\nb,10,1\nc,20,1\n")
    Path("t.csv").write_text("k,x\na,1\n")


@pytest.mark.parametrize("code", READ.values(), ids=READ)
def test_the_rows_of_files_are_those_of_one_dataset(code: str) -> None:
    source = Source("x.py", f"{START}{code}{END}")
    assert "files: [s1.csv, s2.csv]" in read_code(source).workload
    assert [how for _, how in compare_script(source, (), Path.cwd())] == [""]


@pytest.mark.parametrize("code", PATTERNS.values(), ids=PATTERNS)
def test_the_files_of_a_pattern_are_those_of_a_dataset(code: str) -> None:
    source = Source("x.py", f"{START}{code}{END}")
    assert "files: s*.csv" in read_code(source).workload
    assert [how for _, how in compare_script(source, (), Path.cwd())] == [""]


def test_files_are_given_for_those_that_are_put_below_each_other(tmp_path: Path) -> None:
    for name in ("s1.csv", "s2.csv"):
        (tmp_path / "new").mkdir(exist_ok=True)
        (tmp_path / "new" / name).write_text(Path(name).read_text())
    given = tuple(DataFile(tmp_path / "new" / name) for name in ("s2.csv", "s1.csv"))
    found = read_code(Source("x.py", f"{START}{READ['calls']}{END}"), given).workload
    assert found.index("new/s1.csv") < found.index("new/s2.csv")
    found = read_code(Source("x.py", f"{START}{PATTERNS['a pattern']}{END}"), given).workload
    assert "new/s1.csv" in found
    assert "new/s2.csv" in found
    one = (DataFile(tmp_path / "s1.csv", "df"),)
    assert "s2.csv" not in read_code(Source("x.py", f"{START}{READ['calls']}{END}"), one).workload


@pytest.mark.parametrize("code", [READ["calls"], READ["frames"], GLOB_LOOP])
def test_your_code_gets_the_rows_of_all_files_as_one_frame(code: str) -> None:
    reading = read_code(Source("x.py", f"{START}{code}{END}"))
    workload = read_text(reading.workload, "w.yaml", Path.cwd())
    schema = make_dataset(workload.dataset, Path("cache")).schema
    program = YourCode(find("pandas"), reading).write(workload.query("out"), schema).text
    query = program.partition("# What follows")[0]
    assert "def query(df):" in query
    assert "read_csv" not in query
    assert "concat" not in query


def test_labels_that_several_rows_have_are_noted() -> None:
    for code, noted in ((READ["frames"], True), (READ["calls"], False)):
        remarks = read_code(Source("x.py", f"{START}{code}{END}")).remarks
        assert any("several rows have one label" in one.text for one in remarks) == noted


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("df = pd.concat([s1, s1])", "rows of one file"),
        ("df = pd.concat([s1[s1.v > 1], s1[s1.v < 1]])", "df[a | b]"),
        ("df = pd.concat([s1, t])", "fills columns that one file lacks"),
        ("s1['n'] = 1\ns2['n'] = 2\ndf = pd.concat([s1, s2])", "changed in the same way"),
        ("df = pd.concat([s1, s2.head(2)])", "data/*.parquet"),
        ("df = pd.concat([s1.groupby('k').v.sum(), s2.groupby('k').v.sum()])", "data/*.parquet"),
        ("df = pd.concat([s1, s2], keys=['a', 'b'])", "leave 'keys' out"),
        ("df = pd.concat([s1, pd.read_csv('s2.csv', sep=';')])", "same options"),
        ("df = pd.concat([])", "raises in pandas"),
        (
            "for one in glob.glob('s*.csv'):\n    df = pd.read_csv(one).groupby('k').v.sum()",
            "groupby",
        ),
        ("df = s1.append(s2)", "pd.concat"),
    ],
)
def test_what_is_no_dataset_of_several_files_is_a_sentence(code: str, said: str) -> None:
    found = read_code(Source("x.py", f"{START}{ALONE}{code}\n"))
    texts = [one.text for one in found.remarks if one.kind == "unread"]
    assert any(said in text for text in texts), texts
    assert not any("report it" in text for text in texts)
    assert "[s1.csv" not in found.workload


def test_a_list_that_unread_code_changes_is_not_known() -> None:
    code = "names = []\nfor c in s1.columns:\n    if s1[c].sum() > 1:\n        names.append(c)\n"
    found = read_code(Source("x.py", f"{START}{ALONE}{code}out = s1[['k', *names]]\n"))
    assert not found.answers


def test_a_function_that_changes_a_list_outside_of_it_is_refused() -> None:
    code = "seen = ['k']\ndef f(x):\n    seen.append('v')\n    return x\n"
    code += "s1.v.apply(f)\nout = s1[seen]\n"
    found = read_code(Source("x.py", f"{START}{ALONE}{code}"))
    assert not any(one.query == "out" for one in found.answers)
