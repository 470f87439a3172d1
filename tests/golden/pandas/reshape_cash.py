"""cash: the share of cash among sales by card or cash, by store - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["store", "payment"])


def query(data):
    step_1 = (
        data.groupby(["store", "payment"], sort=False, dropna=False)
        .size()
        .unstack(fill_value=0)
        .reindex(columns=["card", "cash"], fill_value=0)
        .reset_index()
    )
    return step_1[["store"]].assign(
        share=step_1["cash"] / (step_1["card"] + step_1["cash"])
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
