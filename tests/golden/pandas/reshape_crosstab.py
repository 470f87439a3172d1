"""crosstab: how many sales of each class of the price have which rating - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["price", "rating"])


def query(data):
    return (
        data.assign(
            **{
                "class": pd.cut(
                    data["price"],
                    [0, 25, 50, 75, 100],
                    labels=["(0, 25]", "(25, 50]", "(50, 75]", "(75, 100]"],
                ).astype("str")
            }
        )
        .groupby(["class", "rating"], sort=False, dropna=False)
        .size()
        .unstack(fill_value=0)
        .reindex(columns=[1, 2, 3, 4, 5], fill_value=0)
        .rename(columns=str)
        .reset_index()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
