"""q3: medium outer on int - datafusion"""

import sys

from datafusion import SessionConfig, SessionContext


def load(path, medium_path):
    ctx = SessionContext(SessionConfig().with_target_partitions(2))
    data = (
        ctx.read_parquet(path)
        .select("id1", "id2", "id3", "id4", "id5", "id6", "v1")
        .cache()
    )
    medium = (
        ctx.read_parquet(medium_path).select("id1", "id2", "id4", "id5", "v2").cache()
    )
    return data, medium


def query(data, medium):
    return data.join(
        medium.with_column_renamed("id1", "id1_right")
        .with_column_renamed("id4", "id4_right")
        .with_column_renamed("id5", "id5_right")
        .alias("medium"),
        on="id2",
        how="left",
    ).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
