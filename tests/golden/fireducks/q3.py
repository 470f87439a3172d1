"""q3: sum v1 and mean v3 by id3 - fireducks"""

import sys

import fireducks.pandas as pd
import pyarrow as pa


def load(path):
    return pd.read_parquet(path, columns=["id3", "v1", "v3"])._evaluate()


def query(data):
    return (
        data.groupby("id3", sort=False)
        .agg({"v1": "sum", "v3": "mean"})
        .reset_index()
        ._evaluate()
    )


def rows(answer):
    return pa.Table.from_pandas(answer.to_pandas(), preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
