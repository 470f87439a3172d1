"""q2: medium inner on int - datafusion"""

import sys

from datafusion import SessionConfig, SessionContext, col


def load(path, medium_path):
    ctx = SessionContext(SessionConfig().with_target_partitions(2))
    data = (
        ctx.read_parquet(path)
        .select(
            col("id1"),
            col("id2"),
            col("id3"),
            col("id4"),
            col("id5"),
            col("id6"),
            col("v1"),
        )
        .cache()
    )
    medium = (
        ctx.read_parquet(medium_path)
        .select(col("id1"), col("id2"), col("id4"), col("id5"), col("v2"))
        .cache()
    )
    return data, medium


def query(data, medium):
    return data.join(
        medium.with_column_renamed("id1", "id1_right")
        .with_column_renamed("id4", "id4_right")
        .with_column_renamed("id5", "id5_right")
        .alias("medium"),
        on="id2",
    ).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
