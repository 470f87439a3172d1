"""q1: small inner on int - pyspark"""

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


def load(path, small_path):
    data = (
        SparkSession.active()
        .read.parquet(path)
        .select("id1", "id2", "id3", "id4", "id5", "id6", "v1")
        .cache()
    )
    small = (
        SparkSession.active()
        .read.parquet(small_path)
        .select("id1", "id4", "v2")
        .cache()
    )
    data.count()
    small.count()
    return data, small


def query(data, small):
    return data.join(small.withColumnRenamed("id4", "id4_right"), "id1").toArrow()


def rows(answer):
    return answer


if __name__ == "__main__":
    started = start()
    print(query(*load(sys.argv[1], sys.argv[2])))
