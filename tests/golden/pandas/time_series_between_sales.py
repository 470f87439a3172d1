"""between_sales: seconds(sold_at - lag(sold_at)) by store in order of sold_at - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["store", "sold_at"])


def query(data):
    data = data.sort_values("sold_at", kind="stable")
    return (
        data[["store"]]
        .assign(
            waited=(data["sold_at"] - data.groupby("store")["sold_at"].shift())
            // pd.Timedelta(seconds=1)
        )
        .sort_index()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
