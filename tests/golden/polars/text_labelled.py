"""labelled: a label of each row, as a def - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["id3", "id1", "v1", "id2"])


def query(data):
    number = pl.col("id3").str.split("d").list.last()
    return (
        data.lazy()
        .select(
            label=pl.when(
                pl.col("id1").str.to_lowercase().str.contains("id01", literal=True)
            )
            .then(number + ": " + pl.col("v1").cast(pl.String))
            .otherwise(
                pl.col("id2")
                .str.tail(1)
                .replace_strict({"1": "one", "2": "two"}, default="many")
            )
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
