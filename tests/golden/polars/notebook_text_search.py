"""text_search: tea by store - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["store", "product", "price"])


def query(data):
    return (
        data.lazy()
        .filter(
            pl.col("product").str.contains("tea", literal=True),
            pl.col("store").str.starts_with("n"),
        )
        .group_by("store")
        .agg(rows=pl.len(), price=pl.mean("price"))
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
