"""condition_column: sales by size - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["quantity", "price"])


def query(data):
    return (
        data.lazy()
        .with_columns(
            size=pl.when(pl.col("quantity") > 7)
            .then(pl.lit("large"))
            .when(pl.col("quantity") > 3)
            .then(pl.lit("medium"))
            .otherwise(pl.lit("small"))
        )
        .group_by("size")
        .agg(rows=pl.len(), price=pl.mean("price"))
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
