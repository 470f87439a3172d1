"""labelled: a label of each row, as a def - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def labelled(x):
    number = x["id3"].split("d")[-1]
    if "id01" in x["id1"].lower():
        return f"{number}: {x['v1']}"
    return {"1": "one", "2": "two"}.get(x["id2"][-1], "many")


def load(path):
    return pd.read_parquet(path, columns=["id3", "id1", "v1", "id2"])


def query(data):
    return data.apply(labelled, axis=1).to_frame("label")


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
