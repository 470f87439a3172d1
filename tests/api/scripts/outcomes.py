"""List what failed and why: an outcome is a result."""

import dfbench
from dfbench.storage.records import Outcome


def failed(comparison: dfbench.Comparison) -> dict[str, str]:
    """Return the evidence by engine and query."""
    return {
        f"{failure.engine} {failure.query}": failure.evidence
        for failure in comparison.view.failures
        if failure.outcome is not Outcome.UNSUPPORTED
    }


print(dfbench.__version__, failed(dfbench.Comparison("results/groupby/1")))
