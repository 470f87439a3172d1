"""q7: max v1 - min v2 by id3 - datafusion"""

import sys

from datafusion import SessionConfig, SessionContext, col
from datafusion import functions as f


def load(path):
    ctx = SessionContext(SessionConfig().with_target_partitions(2))
    return ctx.read_parquet(path).select("id3", "v1", "v2").cache()


def query(data):
    return data.aggregate(
        ["id3"], [(f.max(col("v1")) - f.min(col("v2"))).alias("range_v1_v2")]
    ).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
