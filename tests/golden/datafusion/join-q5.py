"""q5: big inner on int - datafusion"""

import sys

from datafusion import SessionConfig, SessionContext


def load(path, big_path):
    ctx = SessionContext(SessionConfig().with_target_partitions(2))
    data = (
        ctx.read_parquet(path)
        .select("id1", "id2", "id3", "id4", "id5", "id6", "v1")
        .cache()
    )
    big = (
        ctx.read_parquet(big_path)
        .select("id1", "id2", "id3", "id4", "id5", "id6", "v2")
        .cache()
    )
    return data, big


def query(data, big):
    return data.join(
        big.with_column_renamed("id1", "id1_right")
        .with_column_renamed("id2", "id2_right")
        .with_column_renamed("id4", "id4_right")
        .with_column_renamed("id5", "id5_right")
        .with_column_renamed("id6", "id6_right")
        .alias("big"),
        on="id3",
    ).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
