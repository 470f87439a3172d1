"""double_even_def: v2, doubled where v1 is even, as a def - narwhals"""

import sys

import narwhals as nw


def load(path):
    return nw.read_parquet(path, backend="polars", columns=["v2", "v1"])


def query(data):
    return (
        data.lazy()
        .select(
            result=nw.when(nw.col("v1") % 2 == 0)
            .then(2 * nw.col("v2"))
            .otherwise(nw.col("v2"))
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
