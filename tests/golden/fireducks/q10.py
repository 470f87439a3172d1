"""q10: sum v3 and number of rows by id1 to id6 - fireducks"""

import sys

import fireducks.pandas as pd
import pyarrow as pa


def load(path):
    return pd.read_parquet(
        path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v3"]
    )._evaluate()


def query(data):
    return (
        data.groupby(["id1", "id2", "id3", "id4", "id5", "id6"], sort=False)["v3"]
        .agg(v3="sum", count="size")
        .reset_index()
        ._evaluate()
    )


def rows(answer):
    return pa.Table.from_pandas(answer.to_pandas(), preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
