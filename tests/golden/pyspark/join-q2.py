"""q2: medium inner on int - pyspark"""

import sys

from pyspark.sql import SparkSession


def start():
    # As many partitions of a shuffle as there are cores: the default is for a cluster.
    return (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", 2)
        .getOrCreate()
    )


def load(path, medium_path):
    data = (
        SparkSession.active()
        .read.parquet(path)
        .select("id1", "id2", "id3", "id4", "id5", "id6", "v1")
        .cache()
    )
    medium = (
        SparkSession.active()
        .read.parquet(medium_path)
        .select("id1", "id2", "id4", "id5", "v2")
        .cache()
    )
    data.count()
    medium.count()
    return data, medium


def query(data, medium):
    return data.join(
        medium.withColumnsRenamed(
            {"id1": "id1_right", "id4": "id4_right", "id5": "id5_right"}
        ),
        "id2",
    ).toArrow()


def rows(answer):
    return answer


if __name__ == "__main__":
    started = start()
    print(query(*load(sys.argv[1], sys.argv[2])))
