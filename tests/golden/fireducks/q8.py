"""q8: largest two v3 by id6 - fireducks"""

import sys

import fireducks.pandas as pd
import pyarrow as pa


def load(path):
    return pd.read_parquet(path, columns=["id6", "v3"])._evaluate()


def query(data):
    return (
        data.sort_values("v3", ascending=False)
        .groupby("id6", sort=False)
        .head(2)
        .rename(columns={"v3": "largest2_v3"})
        ._evaluate()
    )


def rows(answer):
    return pa.Table.from_pandas(answer.to_pandas(), preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
