"""The keys of a workload file, as tables: the reader and the JSON schema both follow them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Takes = Literal[
    "word",
    "text",
    "count",
    "threads",
    "whole",
    "warmups",
    "share",
    "flag",
    "size",
    "time",
    "names",
    "expression",
    "outputs",
    "function",
    "generator",
    "missing",
    "verify",
    "load",
    "beside",
    "constants",
    "engines",
    "dataset",
    "queries",
    "tasks",
    "limits",
    "measure",
    "extreme",
    "apply",
    "join",
    "how",
    "tables",
]


@dataclass(frozen=True, slots=True)
class Key:
    """What a key takes, and what it means."""

    takes: Takes
    about: str
    required: bool = False


WORKLOAD = {
    "workload": Key("word", "Name of the workload; the file's name where left out."),
    "about": Key("text", "What it is about, in a sentence."),
    "dataset": Key("dataset", "The data that the queries read."),
    "queries": Key("queries", "What is asked, each under a short name."),
    "tasks": Key("tasks", "A function called many times, with no frame at all; or a list of such."),
    "engines": Key("engines", "Engines to ask; where left out, the usual ones that are installed."),
    "limits": Key("limits", "What the whole process tree of each engine may use."),
    "measure": Key("measure", "How to measure."),
}
DATASET = {
    "generate": Key("generator", "A generator that ships with dfbench."),
    "rows": Key("count", "Rows; 1e7, 10_000_000 and 10000000 are the same number."),
    "groups": Key("count", "K, the distinct values of the small keys; 100 where left out."),
    "nulls": Key("share", "Percent of missing values, 0 to 100."),
    "sorted": Key("flag", "Whether the rows are sorted by the keys."),
    "seed": Key("whole", "Seed of the random numbers; 108 where left out."),
    "tables": Key("tables", "Further files of your own that a query may join, each by a name."),
    "files": Key("names", "Your own Parquet, CSV or Arrow files: paths or globs."),
    "delimiter": Key("text", "CSV: the sign between values, or tab; told from the first line."),
    "quote": Key("text", "CSV: the sign around text, or none; double quotes where left out."),
    "decimal": Key("text", "CSV: the sign before decimals; a point where left out."),
    "header": Key("flag", "CSV: whether the first line names the columns; else column_1, …"),
    "missing": Key("names", "CSV: the words for a missing value; NA, null and such otherwise."),
}
CSV = ("delimiter", "quote", "decimal", "header", "missing")
QUERY = {
    "question": Key("text", "The question as a person would ask it."),
    "join": Key("join", "A further table of the dataset; the clauses below see the joined rows."),
    "where": Key("expression", "A condition on rows; only rows where it is true are read."),
    "derive": Key("outputs", "New columns, each an expression over a row; later ones see earlier."),
    "group_by": Key("names", "Key columns; without them the whole frame is one group."),
    "aggregate": Key("outputs", "One row a group: expressions over aggregations."),
    "largest": Key("extreme", "The rows of each group with the largest values of a column."),
    "smallest": Key("extreme", "The rows of each group with the smallest values of a column."),
    "transform": Key("outputs", "One value a row, from the row and its group: v1 / sum(v1)."),
    "apply": Key("apply", "A function of each row, or of each group."),
    "having": Key("expression", "A condition on the answer, by the names of its columns."),
    "sort": Key("names", "Columns of the answer to sort by; -name sorts downwards."),
    "limit": Key("count", "At most so many rows of the answer."),
}
JOIN = {
    "table": Key("text", "The table's name; the generator's own, or one of `tables`.", True),
    "on": Key("names", "Columns that are equal in both; they have the same names.", True),
    "how": Key("how", "inner: rows that match; left: those of the dataset that do not, too."),
}
EXTREME = {
    "column": Key("text", "The column whose values are compared.", required=True),
    "n": Key("count", "So many rows of each group; fewer where the group is smaller."),
    "as": Key("text", "Name of the values in the answer; the column's where left out."),
}
APPLY = {
    "rows": Key("function", "An expression over columns, a def of one row, or FILE.py:NAME."),
    "groups": Key("function", "A def whose parameters name columns, given as NumPy arrays."),
    "as": Key("names", "Name of the result; several for a group function that returns several."),
    "on_missing": Key("missing", "skip: a row with a missing input gives missing; call: call it."),
}
TASKS = {
    "function": Key("function", "The def to call; its `seed` is the task's number.", required=True),
    "count": Key("count", "How many times.", required=True),
    "arguments": Key("constants", "Values of the def's other parameters."),
    "verify": Key("verify", "How answers are compared: exact, statistical or none."),
}
LIMITS = {
    "memory": Key("size", "Memory, such as 8GiB; null is no limit; find: the least that works."),
    "time": Key("time", "Time of each run, such as 5min; null is no limit."),
    "threads": Key("threads", "Threads; null is as many as the machine has."),
}
MEASURE = {
    "rounds": Key("count", "Passes over all engines, each run in a fresh process."),
    "warmups": Key("warmups", "Executions after the first that do not count; auto: until level."),
    "runs": Key("count", "Executions that are counted."),
    "budget": Key("time", "Time after which no new round begins; null is none."),
    "seed": Key("whole", "Seed of the order in which engines take their turns."),
    "load": Key("load", "memory: load apart, time the query; scan: time file to answer; or both."),
    "beside": Key("beside", "Break-even and traits; auto: for functions that have work to do."),
}
# In the order in which a command line has them behind the name.
ENGINE = {
    "version": Key("text", "a version, such as 3.1 or newest"),
    "python": Key("text", "an interpreter, such as python3.13, or its path"),
    "scheduler": Key("text", "the address of a cluster's scheduler, such as tcp://host:8786"),
    "address": Key("text", "the address of a cluster's head, such as host:6379"),
}
LOADS = ("memory", "scan", "both")
BESIDE = ("auto", "all", "none")
FIND = "find"
VERIFY = ("exact", "statistical", "none")
ON_MISSING = ("skip", "call")
HOW = ("inner", "left")
ANSWERS = ("aggregate", "largest", "smallest", "transform", "apply")
