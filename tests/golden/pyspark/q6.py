"""q6: median v3 and sd v3 by id4 and id5 - pyspark"""

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
    data = SparkSession.active().read.parquet(path).select("id4", "id5", "v3").cache()
    data.count()
    return data


def query(data):
    return (
        data.groupBy("id4", "id5")
        .agg(F.median("v3").alias("median_v3"), F.stddev("v3").alias("sd_v3"))
        .toArrow()
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
