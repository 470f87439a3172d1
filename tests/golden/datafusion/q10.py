"""q10: sum v3 and number of rows by id1 to id6 - datafusion"""

import sys

from datafusion import SessionConfig, SessionContext, col
from datafusion import functions as f


def load(path):
    ctx = SessionContext(SessionConfig().with_target_partitions(2))
    return (
        ctx.read_parquet(path)
        .select("id1", "id2", "id3", "id4", "id5", "id6", "v3")
        .cache()
    )


def query(data):
    return data.aggregate(
        ["id1", "id2", "id3", "id4", "id5", "id6"],
        [f.sum(col("v3")).alias("v3"), f.count_star().alias("count")],
    ).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
