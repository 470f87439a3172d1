"""distinct_values: customers and quantity by store - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["store", "customer", "quantity"])


def query(data):
    return (
        data.lazy()
        .group_by("store")
        .agg(customers=pl.n_unique("customer"), quantity=pl.mean("quantity"))
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
