"""week_by_store: rolling_sum(quantity, '7d'), rolling_count(quantity, '7d') by store in order of sold_at - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["store", "sold_at", "quantity"])


def query(data):
    data = data.sort_values("sold_at", kind="stable")
    groups = data.groupby("store")
    return (
        data[["store"]]
        .assign(
            quantity=data[["store", "sold_at"]]
            .merge(
                groups.rolling("7D", on="sold_at")["quantity"]
                .sum()
                .groupby(level=["store", "sold_at"])
                .last()
                .reset_index(name="rolled"),
                how="left",
            )["rolled"]
            .set_axis(data.index),
            sales=data[["store", "sold_at"]]
            .merge(
                groups.rolling("7D", on="sold_at", min_periods=0)["quantity"]
                .count()
                .groupby(level=["store", "sold_at"])
                .last()
                .reset_index(name="rolled"),
                how="left",
            )["rolled"]
            .set_axis(data.index),
        )
        .sort_index()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
