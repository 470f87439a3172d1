"""Any value of a group as its first, for libraries that take an aggregation once."""

from __future__ import annotations

from dataclasses import replace

from ....spec.choices import CHOOSING_FREELY
from ....spec.expression import Agg, list_aggregations
from ....spec.schema import Schema
from ....spec.workload import Output, Query


def share_first(query: Query, _data: Schema) -> Query:
    """Return the query with each `any_value(x)` as the `first(x)` that it also asks for.

    Both are one method of pandas. Dask and Modin raise if a column has one twice.
    """
    asked = list_aggregations(*(output.expression for output in query.aggregate))

    def share(output: Output) -> Output:
        match output.expression:
            case Agg(function) as choice if function == CHOOSING_FREELY:
                first = replace(choice, function="first")
                return replace(output, expression=first) if first in asked else output
        return output

    return replace(query, aggregate=tuple(map(share, query.aggregate)))
