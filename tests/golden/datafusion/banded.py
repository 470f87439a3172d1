"""banded: a banded ratio of v3 and v2 - datafusion"""

import sys

import pyarrow as pa
from datafusion import SessionConfig, SessionContext, col, lit
from datafusion import functions as f


def load(path):
    ctx = SessionContext(SessionConfig().with_target_partitions(2))
    return (
        ctx.read_parquet(path)
        .select("v3", "v2", "v1", f.file_row_index().alias("row"))
        .cache()
    )


def query(data):
    return (
        data.with_column("ratio", col("v3").cast(pa.float64()) / (col("v2") + 1))
        .select(
            f.when(
                col("ratio") > 20,
                f.when(col("ratio") >= 0, f.sqrt(col("ratio"))).otherwise(lit(None)),
            )
            .when(col("v1") == 1, lit(0.0))
            .otherwise(-1 * col("ratio"))
            .alias("result"),
            "row",
        )
        .sort("row")
        .drop("row")
        .to_arrow_table()
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
