"""q3: sum v1 and mean v3 by id3 - pyspark"""

import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def start():
    # As many partitions of a shuffle as there are cores: the default is for a cluster.
    return (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", 2)
        .getOrCreate()
    )


def load(path):
    data = SparkSession.active().read.parquet(path).select("id3", "v1", "v3").cache()
    data.count()
    return data


def query(data):
    return (
        data.groupBy("id3")
        .agg(F.sum("v1").alias("v1"), F.mean("v3").alias("v3"))
        .toArrow()
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
