"""quarters: the mean rating by quarters of the price - pandas"""

import sys

import numpy as np
import pandas as pd
import pyarrow as pa


def load(path):
    return pd.read_parquet(path, columns=["rating", "price"])


def query(data):
    quantile_price, quantile_price_2, quantile_price_3 = data["price"].quantile(
        [0.25, 0.5, 0.75]
    )
    step_1 = data[["rating"]].assign(
        quarter=np.select(
            [
                data["price"] <= quantile_price,
                data["price"] <= quantile_price_2,
                data["price"] <= quantile_price_3,
                data["price"].notna(),
            ],
            [0, 1, 2, 3],
            default=np.nan,
        )
    )
    return (
        step_1.groupby("quarter", sort=False, dropna=False)["rating"]
        .agg(sales="size", rating="mean")
        .reset_index()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
