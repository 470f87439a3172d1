"""Fail a build if an engine became slower."""

import sys

import dfbench
from dfbench.report import gates

comparison = dfbench.compare("groupby", engines=["pandas", "polars"])
gate = gates.read("polars > 0.8 * baseline")
findings = gates.evaluate([gate], gates.of_view(comparison.view))
sys.exit(1 if findings.failures else 0)
