"""q9: square of the correlation of v1 and v2 by id2 and id4 - pyspark"""

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
    data = (
        SparkSession.active()
        .read.parquet(path)
        .select("id2", "id4", "v1", "v2")
        .cache()
    )
    data.count()
    return data


def query(data):
    return (
        data.groupBy("id2", "id4").agg((F.corr("v1", "v2") ** 2).alias("r2")).toArrow()
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
