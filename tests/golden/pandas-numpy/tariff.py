"""tariff: a rate by the text of id1 - pandas+numpy"""

import sys

import numpy as np
import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["id1", "id2", "v3"])


def query(data):
    return pd.DataFrame(
        {
            "result": np.where(
                (data["id1"] == "id001") | data["id2"].isin(["id002", "id003"]),
                1.5 * data["v3"],
                data["v3"],
            )
        }
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
