"""q4: mean v1, v2 and v3 by id4 - fireducks"""

import sys

import fireducks.pandas as pd
import pyarrow as pa


def load(path):
    return pd.read_parquet(path, columns=["id4", "v1", "v2", "v3"])._evaluate()


def query(data):
    return (
        data.groupby("id4", as_index=False, sort=False)[["v1", "v2", "v3"]]
        .mean()
        ._evaluate()
    )


def rows(answer):
    return pa.Table.from_pandas(answer.to_pandas(), preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
