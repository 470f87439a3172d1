"""quantities: sales by product, a column for each quantity - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["product", "quantity"])


def query(data):
    return (
        data.lazy()
        .pivot(
            "quantity",
            on_columns=[1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
            index="product",
            values="quantity",
            aggregate_function="len",
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
