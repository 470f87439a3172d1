"""put_together: v3 by a key of three texts - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["id1", "id4", "id2", "v3"])


def query(data):
    return (
        data.assign(
            key=data["id1"].str.upper()
            + "/"
            + data["id4"].astype("str")
            + "-"
            + data["id2"].str.replace("id", "", regex=False)
        )
        .groupby("key", as_index=False, sort=False)["v3"]
        .sum()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
