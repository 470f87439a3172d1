"""q6: median v3 and sd v3 by id4 and id5 - datafusion"""

import sys

from datafusion import SessionConfig, SessionContext, col
from datafusion import functions as f


def load(path):
    ctx = SessionContext(SessionConfig().with_target_partitions(2))
    return ctx.read_parquet(path).select("id4", "id5", "v3").cache()


def query(data):
    return data.aggregate(
        ["id4", "id5"],
        [f.median(col("v3")).alias("median_v3"), f.stddev(col("v3")).alias("sd_v3")],
    ).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
