"""long: price, quantity, discount and rating as rows - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(
        path, columns=["store", "sold_at", "price", "quantity", "discount", "rating"]
    )


def query(data):
    return data.melt(
        id_vars=["store", "sold_at"],
        value_vars=["price", "quantity", "discount", "rating"],
        var_name="measure",
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
