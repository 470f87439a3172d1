"""widths: the distribution of prices in ten bins of equal width - pandas"""

import sys

import numpy as np
import pandas as pd
import pyarrow as pa


def load(path):
    return pd.read_parquet(path, columns=["price"])


def query(data):
    min_price = data["price"].min()
    max_price = data["price"].max()
    step_1 = data[[]].assign(
        bin=np.select(
            [
                data["price"] <= min_price + (max_price - min_price) / 10,
                data["price"] <= min_price + (max_price - min_price) * 2 / 10,
                data["price"] <= min_price + (max_price - min_price) * 3 / 10,
                data["price"] <= min_price + (max_price - min_price) * 4 / 10,
                data["price"] <= min_price + (max_price - min_price) * 5 / 10,
                data["price"] <= min_price + (max_price - min_price) * 6 / 10,
                data["price"] <= min_price + (max_price - min_price) * 7 / 10,
                data["price"] <= min_price + (max_price - min_price) * 8 / 10,
                data["price"] <= min_price + (max_price - min_price) * 9 / 10,
                data["price"].notna(),
            ],
            [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
            default=np.nan,
        )
    )
    return step_1.groupby("bin", dropna=False).size().reset_index(name="sales")


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
