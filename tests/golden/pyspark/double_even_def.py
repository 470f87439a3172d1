"""double_even_def: v2, doubled where v1 is even, as a def - pyspark"""

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
    data = SparkSession.active().read.parquet(path).select("v2", "v1").cache()
    data.count()
    return data


def query(data):
    return data.select(
        F.when(F.col("v1") % 2 == 0, 2 * F.col("v2"))
        .otherwise(F.col("v2"))
        .alias("result")
    ).toArrow()


def rows(answer):
    return answer


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
