"""months: sum quantity by store, month, then month, quantity, pct_change quantity by store in order of month - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["store", "sold_at", "quantity"])


def query(data):
    step_1 = (
        data.assign(month=data["sold_at"].dt.to_period("M").dt.to_timestamp())
        .groupby(["store", "month"], as_index=False, sort=False)["quantity"]
        .sum()
    )
    step_1 = step_1.sort_values("month", kind="stable")
    return step_1.assign(
        change=step_1.groupby("store")["quantity"].pct_change(fill_method=None)
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
