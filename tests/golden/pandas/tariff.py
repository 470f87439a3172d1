"""tariff: a rate by the text of id1 - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def tariff(x):
    if x["id1"] == "id001" or x["id2"] in ("id002", "id003"):
        return 1.5 * x["v3"]
    return x["v3"]


def load(path):
    return pd.read_parquet(path, columns=["id1", "id2", "v3"])


def query(data):
    return data.apply(tariff, axis=1).to_frame("result")


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
