"""long: price, quantity, discount and rating as rows - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(
        path, columns=["store", "sold_at", "price", "quantity", "discount", "rating"]
    )


def query(data):
    return (
        data.lazy()
        .unpivot(
            ["price", "quantity", "discount", "rating"],
            index=["store", "sold_at"],
            variable_name="measure",
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
