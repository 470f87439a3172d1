"""line: slope and intercept of v3 over v2, by id4 - dask/native"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def summarise(part):
    part = part.assign(mean_v2=part.groupby("id4")["v2"].transform("mean"))
    part = part.assign(dx=part["v2"] - part["mean_v2"])
    part = part.assign(dx_v3=part["dx"] * part["v3"], dx_2=part["dx"] ** 2)
    answer = (
        part.groupby("id4", sort=False)
        .agg(
            sum_dx_v3=("dx_v3", "sum"),
            sum_dx_2=("dx_2", "sum"),
            mean_v3=("v3", "mean"),
            mean_v2_2=("v2", "mean"),
        )
        .reset_index()
    )
    answer["slope"] = answer["sum_dx_v3"] / answer["sum_dx_2"]
    answer["intercept"] = answer["mean_v3"] - answer["slope"] * answer["mean_v2_2"]
    return answer[["id4", "slope", "intercept"]]


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["id4", "v2", "v3"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    # All is in memory, and by default a shuffle goes through the disk.
    data = data.shuffle("id4", shuffle_method="tasks")
    return data.map_partitions(summarise).compute()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
