"""tariff: a rate by the text of id1 - pyspark"""

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
    data = SparkSession.active().read.parquet(path).select("id1", "id2", "v3").cache()
    data.count()
    return data


def query(data):
    return data.select(
        F.when(F.col("id1").isNull() | F.col("id2").isNull(), F.lit(None))
        .when(
            (F.col("id1") == "id001") | F.col("id2").isin(["id002", "id003"]),
            1.5 * F.col("v3"),
        )
        .otherwise(F.col("v3"))
        .alias("result")
    ).toArrow()


def rows(answer):
    return answer


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
