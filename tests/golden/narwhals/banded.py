"""banded: a banded ratio of v3 and v2 - narwhals"""

import sys

import narwhals as nw


def load(path):
    return nw.read_parquet(path, backend="polars", columns=["v3", "v2", "v1"])


def query(data):
    return (
        data.lazy()
        .with_columns(ratio=nw.col("v3") / (nw.col("v2") + 1))
        .select(
            result=nw.when(nw.col("ratio") > 20)
            .then(nw.col("ratio").sqrt())
            .when(nw.col("v1") == 1)
            .then(0.0)
            .otherwise(-nw.col("ratio"))
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
