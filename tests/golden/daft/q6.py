"""q6: median v3 and sd v3 by id4 and id5 - daft"""

import sys

import daft
from daft import col


def load(path):
    return daft.read_parquet(path).select("id4", "id5", "v3").collect()


def query(data):
    return (
        data.groupby("id4", "id5")
        .agg(col("v3").median().alias("median_v3"), col("v3").stddev().alias("sd_v3"))
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
