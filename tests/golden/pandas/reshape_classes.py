"""classes: sales by classes of the price - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["price", "quantity"])


def query(data):
    return (
        data.assign(
            **{
                "class": pd.cut(
                    data["price"],
                    [0, 10, 50, 90, 100],
                    labels=["low", "middle", "high", "top"],
                ).astype("str"),
                "revenue": data["price"] * data["quantity"],
            }
        )
        .groupby("class", sort=False, dropna=False)["revenue"]
        .agg(sales="size", revenue="sum")
        .reset_index()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
