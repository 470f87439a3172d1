"""banded: a banded ratio of v3 and v2 - pyspark"""

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
    data = SparkSession.active().read.parquet(path).select("v3", "v2", "v1").cache()
    data.count()
    return data


def query(data):
    return (
        data.withColumn("ratio", F.col("v3") / (F.col("v2") + 1))
        .select(
            F.when(F.col("ratio") > 20, F.sqrt(F.col("ratio")))
            .when(F.col("v1") == 1, 0.0)
            .otherwise(-F.col("ratio"))
            .alias("result")
        )
        .toArrow()
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
