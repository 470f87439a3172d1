"""q7: max v1 - min v2 by id3 - fireducks"""

import sys

import fireducks.pandas as pd
import pyarrow as pa


def load(path):
    return pd.read_parquet(path, columns=["id3", "v1", "v2"])._evaluate()


def query(data):
    groups = data.groupby("id3", sort=False)
    return (
        pd.DataFrame({"range_v1_v2": groups["v1"].max() - groups["v2"].min()})
        .reset_index()
        ._evaluate()
    )


def rows(answer):
    return pa.Table.from_pandas(answer.to_pandas(), preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
