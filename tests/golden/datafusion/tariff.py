"""tariff: a rate by the text of id1 - datafusion"""

import sys

from datafusion import SessionConfig, SessionContext, col, lit
from datafusion import functions as f


def load(path):
    ctx = SessionContext(SessionConfig().with_target_partitions(2))
    return (
        ctx.read_parquet(path)
        .select("id1", "id2", "v3", f.file_row_index().alias("row"))
        .cache()
    )


def query(data):
    return (
        data.select(
            f.when(
                (col("id1") == "id001")
                | f.in_list(col("id2"), [lit("id002"), lit("id003")]),
                1.5 * col("v3"),
            )
            .otherwise(col("v3"))
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
