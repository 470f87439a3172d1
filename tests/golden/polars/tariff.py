"""tariff: a rate by the text of id1 - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["id1", "id2", "v3"])


def query(data):
    return (
        data.lazy()
        .select(
            result=pl.when(
                (pl.col("id1") == "id001") | pl.col("id2").is_in(["id002", "id003"])
            )
            .then(1.5 * pl.col("v3"))
            .otherwise(pl.col("v3"))
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
