"""q1: small inner on int - datafusion"""

import sys

from datafusion import SessionConfig, SessionContext


def load(path, small_path):
    ctx = SessionContext(SessionConfig().with_target_partitions(2))
    data = (
        ctx.read_parquet(path)
        .select("id1", "id2", "id3", "id4", "id5", "id6", "v1")
        .cache()
    )
    small = ctx.read_parquet(small_path).select("id1", "id4", "v2").cache()
    return data, small


def query(data, small):
    return data.join(
        small.with_column_renamed("id4", "id4_right").alias("small"), on="id1"
    ).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
