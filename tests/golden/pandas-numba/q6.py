"""q6: median v3 and sd v3 by id4 and id5 - pandas+numba"""

import sys

import pandas as pd
import pyarrow as pa


def load(path):
    return pd.read_parquet(path, columns=["id4", "id5", "v3"])


def query(data):
    groups = data.groupby(["id4", "id5"], sort=False)["v3"]
    return pd.DataFrame(
        {"median_v3": groups.median(), "sd_v3": groups.std(engine="numba")}
    ).reset_index()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
