"""q2: sum v1 by id1 and id2 - pyspark"""

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
    data = SparkSession.active().read.parquet(path).select("id1", "id2", "v1").cache()
    data.count()
    return data


def query(data):
    return data.groupBy("id1", "id2").agg(F.sum("v1").alias("v1")).toArrow()


def rows(answer):
    return answer


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
