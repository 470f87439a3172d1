"""line: slope and intercept of v3 over v2, by id4 - polars/in-memory"""

import sys

import polars as pl


def line(v2, v3):
    dx = v2 - v2.mean()
    slope = (dx * v3).sum() / (dx**2).sum()
    return slope, v3.mean() - slope * v2.mean()


def load(path):
    return pl.read_parquet(path, columns=["id4", "v2", "v3"])


def query(data):
    answers = [
        (*key, *line(group["v2"].to_numpy(), group["v3"].to_numpy()))
        for key, group in data.group_by("id4")
    ]
    return pl.DataFrame(
        answers,
        schema=["id4", "slope", "intercept"],
        orient="row",
        infer_schema_length=None,
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
