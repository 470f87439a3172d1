"""q5: sum v1, v2 and v3 by id6 - fireducks"""

import sys

import fireducks.pandas as pd
import pyarrow as pa


def load(path):
    return pd.read_parquet(path, columns=["id6", "v1", "v2", "v3"])._evaluate()


def query(data):
    return (
        data.groupby("id6", as_index=False, sort=False)[["v1", "v2", "v3"]]
        .sum()
        ._evaluate()
    )


def rows(answer):
    return pa.Table.from_pandas(answer.to_pandas(), preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
