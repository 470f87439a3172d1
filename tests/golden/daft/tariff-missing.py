"""tariff: a rate by the text of id1 - daft"""

import sys

import daft
from daft import col, lit
from daft.functions import when


def load(path):
    return daft.read_parquet(path).select("id1", "id2", "v3").collect()


def query(data):
    return data.select(
        when(col("id1").is_null() | col("id2").is_null(), lit(None))
        .when(
            ((col("id1") == "id001") | col("id2").is_in(["id002", "id003"])).fill_null(
                False
            ),
            1.5 * col("v3"),
        )
        .otherwise(col("v3"))
        .alias("result")
    ).collect()


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
