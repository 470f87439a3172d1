"""q6: median v3 and sd v3 by id4 and id5 - fireducks"""

import sys

import fireducks.pandas as pd
import pyarrow as pa


def load(path):
    return pd.read_parquet(path, columns=["id4", "id5", "v3"])._evaluate()


def query(data):
    return (
        data.groupby(["id4", "id5"], sort=False)["v3"]
        .agg(median_v3="median", sd_v3="std")
        .reset_index()
        ._evaluate()
    )


def rows(answer):
    return pa.Table.from_pandas(answer.to_pandas(), preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
