"""q10: sum v3 and number of rows by id1 to id6 - pyspark"""

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
        .select("id1", "id2", "id3", "id4", "id5", "id6", "v3")
        .cache()
    )
    data.count()
    return data


def query(data):
    return (
        data.groupBy("id1", "id2", "id3", "id4", "id5", "id6")
        .agg(F.sum("v3").alias("v3"), F.count("*").alias("count"))
        .toArrow()
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
