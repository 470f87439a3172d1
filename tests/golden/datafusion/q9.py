"""q9: square of the correlation of v1 and v2 by id2 and id4 - datafusion"""

import sys

from datafusion import SessionConfig, SessionContext, col
from datafusion import functions as f


def load(path):
    ctx = SessionContext(SessionConfig().with_target_partitions(2))
    return ctx.read_parquet(path).select("id2", "id4", "v1", "v2").cache()


def query(data):
    return data.aggregate(
        ["id2", "id4"], [f.power(f.corr(col("v1"), col("v2")), 2).alias("r2")]
    ).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
