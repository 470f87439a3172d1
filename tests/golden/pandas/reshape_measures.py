"""measures: how many values each measure has, and their mean, by store - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(
        path, columns=["store", "price", "quantity", "discount", "rating"]
    )


def query(data):
    step_1 = data.melt(
        id_vars="store",
        value_vars=["price", "quantity", "discount", "rating"],
        var_name="measure",
    )
    return (
        step_1.groupby(["store", "measure"], sort=False)["value"]
        .agg(values="count", mean="mean")
        .reset_index()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
