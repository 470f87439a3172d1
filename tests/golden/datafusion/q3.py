"""q3: sum v1 and mean v3 by id3 - datafusion"""

import sys

from datafusion import SessionConfig, SessionContext, col
from datafusion import functions as f


def load(path):
    ctx = SessionContext(SessionConfig().with_target_partitions(2))
    return ctx.read_parquet(path).select("id3", "v1", "v3").cache()


def query(data):
    return data.aggregate(
        ["id3"], [f.sum(col("v1")).alias("v1"), f.avg(col("v3")).alias("v3")]
    ).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
