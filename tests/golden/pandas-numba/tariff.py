"""tariff: a rate by the text of id1 - pandas+numba"""

import sys

import numpy as np
import pandas as pd
import pyarrow as pa
from numba import njit, prange

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


@njit(parallel=True)
def tariff(id1_id2_matches, v3):
    output = np.empty(len(id1_id2_matches))
    for i in prange(len(id1_id2_matches)):
        if id1_id2_matches[i]:
            output[i] = 1.5 * v3[i]
        else:
            output[i] = v3[i]
    return output


def load(path):
    return pd.read_parquet(path, columns=["id1", "id2", "v3"])


def query(data):
    return pd.DataFrame(
        {
            "result": tariff(
                (
                    (data["id1"] == "id001") | data["id2"].isin(["id002", "id003"])
                ).to_numpy(),
                data["v3"].to_numpy(),
            )
        }
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
