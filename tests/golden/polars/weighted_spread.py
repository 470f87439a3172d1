"""weighted_spread: spread of v3 around its mean, weighted by v1, by id4 - polars"""

import sys

import numpy as np
import polars as pl


def weighted_spread(v1, v3):
    centre = v3.mean()
    return np.sqrt((v1 * (v3 - centre) ** 2).sum() / v1.sum())


def load(path):
    return pl.read_parquet(path, columns=["id4", "v1", "v3"])


def query(data):
    answers = [
        (*key, weighted_spread(group["v1"].to_numpy(), group["v3"].to_numpy()))
        for key, group in data.group_by("id4")
    ]
    return pl.DataFrame(
        answers, schema=["id4", "spread"], orient="row", infer_schema_length=None
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
