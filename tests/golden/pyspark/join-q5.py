"""q5: big inner on int - pyspark"""

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


def load(path, big_path):
    data = (
        SparkSession.active()
        .read.parquet(path)
        .select("id1", "id2", "id3", "id4", "id5", "id6", "v1")
        .cache()
    )
    big = (
        SparkSession.active()
        .read.parquet(big_path)
        .select("id1", "id2", "id3", "id4", "id5", "id6", "v2")
        .cache()
    )
    data.count()
    big.count()
    return data, big


def query(data, big):
    return data.join(
        big.withColumnsRenamed(
            {
                "id1": "id1_right",
                "id2": "id2_right",
                "id4": "id4_right",
                "id5": "id5_right",
                "id6": "id6_right",
            }
        ),
        "id3",
    ).toArrow()


def rows(answer):
    return answer


if __name__ == "__main__":
    started = start()
    print(query(*load(sys.argv[1], sys.argv[2])))
