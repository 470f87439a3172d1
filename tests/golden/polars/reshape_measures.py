"""measures: how many values each measure has, and their mean, by store - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(
        path, columns=["store", "price", "quantity", "discount", "rating"]
    )


def query(data):
    return (
        data.lazy()
        .unpivot(
            ["price", "quantity", "discount", "rating"],
            index="store",
            variable_name="measure",
        )
        .group_by("store", "measure")
        .agg(values=pl.count("value"), mean=pl.mean("value"))
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
