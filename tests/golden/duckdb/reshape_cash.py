"""cash: the share of cash among sales by card or cash, by store - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        "CREATE TABLE data AS SELECT store, payment FROM read_parquet(?)", [path]
    )
    return con


def query(con):
    return con.sql("""
        WITH step_1 AS (
            SELECT
                store,
                coalesce(count_if(payment = 'card'), 0)::BIGINT AS card,
                coalesce(count_if(payment = 'cash'), 0)::BIGINT AS cash
            FROM data
            GROUP BY store
        )
        SELECT store, nullif(cash / (card + cash), 'NaN') AS share
        FROM step_1
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
