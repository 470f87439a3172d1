"""number_in_text: the mean number in id3 by id1 - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["id1", "id3"])


def query(data):
    return (
        data.assign(
            number=pd.to_numeric(
                data["id3"].str.extract("([0-9]+)", expand=False), errors="coerce"
            ).where(lambda number: number.abs() < 2**63)
        )
        .groupby("id1", as_index=False, sort=False)["number"]
        .mean()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
