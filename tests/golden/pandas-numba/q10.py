"""q10: sum v3 and number of rows by id1 to id6 - pandas+numba"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(
        path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v3"]
    )


def query(data):
    groups = data.groupby(["id1", "id2", "id3", "id4", "id5", "id6"], sort=False)
    return pd.DataFrame(
        {"v3": groups["v3"].sum(engine="numba"), "count": groups.size()}
    ).reset_index()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
