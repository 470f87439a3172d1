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
    "programs",
    "extreme",
    "pivot",
    "unpivot",
    "columns",
    "apply",
    "joins",
    "keys",
    "asof",
    "steps",
    "how",
    "tables",
    "keep",
    "csv",
    "types",
    "dates",
    "part",
    "sweep",
]


@dataclass(frozen=True, slots=True)
class Key:
    """The type of a key's value, and its meaning."""

    takes: Takes
    about: str
    required: bool = False


WORKLOAD = {
    "workload": Key("word", "Name of the workload; default: the file's name."),
    "about": Key("text", "A description in one sentence."),
    "dataset": Key("dataset", "The data that the queries read."),
    "queries": Key("queries", "The questions, each under a short name."),
    "tasks": Key("tasks", "A function called many times without a frame, or a list of them."),
    "engines": Key("engines", "Engines to compare; default: the usual ones that are installed."),
    "programs": Key("programs", "Programs of your own to compare, each under a name."),
    "limits": Key("limits", "Limits on the whole process tree of each engine."),
    "measure": Key("measure", "How to measure."),
    "sweep": Key("sweep", "Numbers that `dfbench sweep` changes: ranges such as 1e4..1e7."),
}
DATASET = {
    "generate": Key("generator", "A generator that ships with dfbench."),
    "rows": Key("count", "Rows; 1e7, 10_000_000 and 10000000 are the same number."),
    "groups": Key("count", "K, the number of distinct values of the small keys; default: 100."),
    "nulls": Key("share", "Percent of missing values, 0 to 100."),
    "sorted": Key("flag", "Whether the rows are sorted by the keys."),
    "seed": Key("whole", "Seed of the random numbers; default: 108."),
    "tables": Key("tables", "Further files that a query may join, each under a name."),
    "share": Key("part", "Part of your files that is read, such as 25%; above 100%: repeated."),
    "files": Key("names", "Your own Parquet, CSV or Arrow files: paths or globs."),
    "delimiter": Key("text", "CSV: the separator, or tab; default: detected in the first line."),
    "quote": Key("text", "CSV: the quote character, or none; default: double quotes."),
    "decimal": Key("text", "CSV: the decimal separator; default: a point."),
    "header": Key("flag", "CSV: whether the first line names the columns; if not: column_1, …"),
    "missing": Key("names", "CSV: words for a missing value; default: NA, null and similar."),
    "csv": Key("csv", "CSV: the whole format of the files, with encoding, types and dates."),
}
CSV = ("delimiter", "quote", "decimal", "header", "missing", "csv")
CSV_FORMAT = {name: DATASET[name] for name in CSV if name != "csv"} | {
    "encoding": Key("text", "The encoding, such as latin-1 or utf-16; default: UTF-8."),
    "thousands": Key("text", "The sign between groups of three digits."),
    "comment": Key("text", "The sign that begins a comment line, which is left out."),
    "types": Key("types", "Types of columns by name, such as {zip: string}."),
    "dates": Key("dates", "Formats of days or times by column, such as {day: '%d/%m/%Y'}."),
}
TYPES = ("string", "int", "float", "bool", "date", "timestamp")
QUERY = {
    "question": Key("text", "The question as a person would ask it."),
    "steps": Key("steps", "Queries in sequence: each works on the answer of the one before it."),
    "join": Key("joins", "Another table, or a list; later clauses see the joined rows."),
    "where": Key("expression", "A condition on rows; only rows for which it is true are kept."),
    "derive": Key(
        "outputs", "New columns: expressions over a row; later ones can use earlier ones."
    ),
    "group_by": Key("names", "Key columns; without them, the whole frame is one group."),
    "order_by": Key(
        "names", "The order of the rows for transform; default: the frame's; -name is descending."
    ),
    "aggregate": Key("outputs", "One row per group: expressions over aggregations."),
    "fill_gaps": Key("flag", "Whether to add rows for the times that are missing."),
    "largest": Key("extreme", "The rows of each group with the largest values of a column."),
    "smallest": Key("extreme", "The rows of each group with the smallest values of a column."),
    "transform": Key("outputs", "One value per row, from the row and its group: v1 / sum(v1)."),
    "pivot": Key("pivot", "A column of the answer for each value of a column."),
    "unpivot": Key("unpivot", "A row for each value of several columns."),
    "apply": Key("apply", "A function of each row, or of each group."),
    "distinct": Key("names", "The distinct combinations of values of these columns."),
    "select": Key("names", "Columns to return as they are; default: all of them."),
    "having": Key("expression", "A condition on the columns of the answer."),
    "sort": Key("names", "Columns of the answer to sort by; -name sorts in descending order."),
    "limit": Key("count", "Maximum number of rows of the answer."),
}
STEP = {name: key for name, key in QUERY.items() if name not in {"question", "steps"}}
JOIN = {
    "table": Key("text", "Name of the table: one of the generator's, or of `tables`.", True),
    "on": Key("keys", "Key columns; {name: its name in the table} where the names differ."),
    "how": Key("how", "Rows that are kept: inner, left, right, outer, semi, anti or cross."),
    "asof": Key("asof", "Match the last row of the table whose time is not later."),
}
ASOF = {
    "on": Key("keys", "The time to compare: one name, or {name: its name in the table}.", True),
    "by": Key("keys", "Keys that must be equal; default: none."),
    "within": Key("time", "The longest time between both, such as 5min; default: no limit."),
}
EXTREME = {
    "column": Key("text", "The column whose values are compared.", required=True),
    "n": Key("count", "Rows per group; fewer if the group is smaller."),
    "as": Key("text", "Name of the values in the answer; default: the column's name."),
    "keep": Key("keep", "value: the keys and the value; row: the whole rows."),
}
PIVOT = {
    "index": Key("names", "Key columns: one row per combination of their values.", required=True),
    "columns": Key(
        "columns", "A column, whose values name the new ones, or {name: [a, b]}.", required=True
    ),
    "values": Key("expression", "The value of each cell: an aggregation.", required=True),
}
UNPIVOT = {
    "on": Key("names", "Columns whose values become one column.", required=True),
    "index": Key("names", "Columns that each of the rows keeps; default: none."),
    "names": Key("text", "The column of the names of on; default: variable."),
    "values": Key("text", "The column of their values; default: value."),
}
APPLY = {
    "rows": Key("function", "An expression over columns, a def of one row, or FILE.py:NAME."),
    "groups": Key("function", "A def whose parameters name columns, given as NumPy arrays."),
    "as": Key("names", "Name of the result, or a list for a group function with several."),
    "on_missing": Key("missing", "If an input is missing: skip the call, or call the function."),
}
TASKS = {
    "function": Key("function", "The def to call; its `seed` is the task's number.", required=True),
    "count": Key("count", "Number of calls.", required=True),
    "arguments": Key("constants", "Values of the def's other parameters."),
    "verify": Key("verify", "How answers are compared: exact, statistical or none."),
}
PROGRAM = {
    "file": Key("text", "A Python file, relative to the workload.", required=True),
    "function": Key("text", "What to call with the frame; default: the query's name, or query."),
    "engine": Key("text", "The engine that loads the frame; default: the one that it imports."),
}
LIMITS = {
    "memory": Key("size", "Memory, such as 8GiB; null: no limit; find: the smallest that works."),
    "time": Key("time", "Time per run, such as 5min; null: no limit."),
    "threads": Key("threads", "Threads; null: as many as the machine has."),
    "checking": Key("size", "Memory for comparing answers, beside the runs; null: no bound."),
}
MEASURE = {
    "rounds": Key("count", "Passes over all engines, each run in a fresh process."),
    "warmups": Key("warmups", "Untimed executions after the first; auto: until times are stable."),
    "runs": Key("count", "Timed executions per process."),
    "budget": Key("time", "Start no new round after this much time; null: no budget."),
    "seed": Key("whole", "Seed of the order in which engines run."),
    "load": Key("load", "memory: time the query; scan: time from file to answer; or both."),
    "beside": Key("beside", "Break-even points and capability probes; auto: for long functions."),
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
KEEP = ("value", "row")
ON_MISSING = ("skip", "call")
HOW = ("inner", "left", "right", "outer", "semi", "anti", "cross")
ANSWERS = (
    "aggregate",
    "largest",
    "smallest",
    "transform",
    "pivot",
    "unpivot",
    "apply",
    "distinct",
    "select",
)
# Clauses that leave rows to be the answer themselves.
ROWS = ("join", "where", "derive", "sort", "limit")
