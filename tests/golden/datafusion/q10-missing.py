"""q10: sum v3 and number of rows by id1 to id6 - datafusion"""

import sys

from datafusion import SessionConfig, SessionContext, col, lit
from datafusion import functions as f


def load(path):
    ctx = SessionContext(SessionConfig().with_target_partitions(2))
    return (
        ctx.read_parquet(path)
        .select(
            col("id1"),
            col("id2"),
            col("id3"),
            col("id4"),
            col("id5"),
            col("id6"),
            col("v3"),
        )
        .cache()
    )


def query(data):
    return data.aggregate(
        [col("id1"), col("id2"), col("id3"), col("id4"), col("id5"), col("id6")],
        [
            f.coalesce(f.sum(col("v3")), lit(0)).alias("v3"),
            f.count_star().alias("count"),
        ],
    ).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
