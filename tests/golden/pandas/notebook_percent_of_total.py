"""percent_of_total: each product's percent of all revenue - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["product", "quantity", "price"])


def query(data):
    step_1 = (
        data.assign(revenue=data["quantity"] * data["price"])
        .groupby("product", as_index=False, sort=False)["revenue"]
        .sum()
    )
    return step_1[["product"]].assign(
        percent=100 * step_1["revenue"] / step_1["revenue"].sum()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
