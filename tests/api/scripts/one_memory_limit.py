"""Run every engine of a workload under one memory limit."""

import dfbench
from dfbench.errors import DfbenchError, LimitError

try:
    limited = dfbench.compare("groupby", limits__memory="2GiB", limits__threads=2)
except LimitError as error:
    print(f"this machine cannot enforce it: {error}")
except DfbenchError as error:
    print(error)
else:
    print(limited.report())
