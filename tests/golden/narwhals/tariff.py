"""tariff: a rate by the text of id1 - narwhals"""

import sys

import narwhals as nw


def load(path):
    return nw.read_parquet(path, backend="polars", columns=["id1", "id2", "v3"])


def query(data):
    return (
        data.lazy()
        .select(
            result=nw.when(
                (nw.col("id1") == "id001") | nw.col("id2").is_in(["id002", "id003"])
            )
            .then(1.5 * nw.col("v3"))
            .otherwise(nw.col("v3"))
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
