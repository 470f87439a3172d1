"""outer: number of rows, count v1, count v2 of the outer join with medium on id2 - pandas"""

import sys

import pandas as pd
import pyarrow as pa


def load(path, medium_path):
    data = pd.read_parquet(path, columns=["id2", "v1"])
    medium = pd.read_parquet(medium_path, columns=["id2", "v2"])
    return data, medium


def query(data, medium):
    data = data.merge(medium, on="id2", how="outer")
    return pd.DataFrame(
        {"rows": [len(data)], "v1": [data["v1"].count()], "v2": [data["v2"].count()]}
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
