"""Read a stored comparison: its machine, its figures as a frame, and a program."""

import dfbench

stored = dfbench.Comparison("results/sample/groupby/1")
print(stored.stored.head.machine, stored.view.sentences[0])
frame = stored.to_frame()
text: str = str(stored.program("polars", "q1"))
print(len(frame), text.splitlines()[0])
