"""q8: largest two v3 by id6 - pyspark"""

import sys

from pyspark.sql import SparkSession, Window
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
    data = SparkSession.active().read.parquet(path).select("id6", "v3").cache()
    data.count()
    return data


def query(data):
    return (
        data.withColumn(
            "place",
            F.row_number().over(Window.partitionBy("id6").orderBy(F.col("v3").desc())),
        )
        .where(F.col("place") <= 2)
        .select("id6", F.col("v3").alias("largest2_v3"))
        .toArrow()
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
