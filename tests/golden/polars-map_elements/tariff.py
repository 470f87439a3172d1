"""tariff: a rate by the text of id1 - polars/map_elements"""

import sys

import polars as pl


def tariff(x):
    if x["id1"] == "id001" or x["id2"] in ("id002", "id003"):
        return 1.5 * x["v3"]
    return x["v3"]


def load(path):
    return pl.read_parquet(path, columns=["id1", "id2", "v3"])


def query(data):
    return (
        data.lazy()
        .select(
            result=pl.struct("id1", "id2", "v3").map_elements(
                tariff, return_dtype=pl.Float64
            )
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
