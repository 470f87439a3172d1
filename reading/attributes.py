"""pandas' own names of frames, rows and groups: as attributes, they hide columns of these names."""

from __future__ import annotations

import ast

from .values import Frame, Grouped, Part, UnreadError

_BOTH = """
T abs add add_prefix add_suffix agg aggregate align all any apply asfreq asof astype at
at_time attrs axes backfill between_time bfill bool clip combine combine_first compare
convert_dtypes copy corr count cov cummax cummin cumprod cumsum describe diff div divide
dot drop drop_duplicates droplevel dropna dtypes duplicated empty eq equals ewm expanding
explode ffill fillna filter first first_valid_index flags floordiv ge get groupby gt head
hist iat idxmax idxmin iloc index infer_objects info interpolate isin isna isnull items
keys kurt kurtosis last last_valid_index le loc lt map mask max mean median memory_usage
min mod mode mul multiply ndim ne nlargest notna notnull nsmallest nunique pad pct_change
pipe plot pop pow prod product quantile radd rank rdiv reindex reindex_like rename
rename_axis reorder_levels replace resample reset_index rfloordiv rmod rmul rolling round
rpow rsub rtruediv sample sem set_axis set_flags shape shift size skew sort_index
sort_values sparse squeeze std sub subtract sum swapaxes swaplevel tail take to_clipboard
to_csv to_dict to_excel to_hdf to_json to_latex to_markdown to_numpy to_period to_pickle
to_sql to_string to_timestamp to_xarray transform transpose truediv truncate tz_convert
tz_localize unstack update value_counts values var where xs
"""
_FRAME = """
applymap assign boxplot columns corrwith eval from_dict from_records insert isetitem
iterrows itertuples join melt merge pivot pivot_table query select_dtypes set_index stack
style to_feather to_gbq to_html to_orc to_parquet to_records to_stata to_xml
"""
_SERIES = """
argmax argmin argsort array autocorr between case_when cat divmod dt dtype factorize
hasnans is_monotonic_decreasing is_monotonic_increasing is_unique item list name nbytes
ravel rdivmod repeat searchsorted str struct to_frame to_list tolist unique view
"""
_GROUPS = """
agg aggregate all any apply bfill boxplot corr corrwith count cov cumcount cummax cummin
cumprod cumsum describe diff dtypes ewm expanding ffill fillna filter first get_group
grouper groups head hist idxmax idxmin indices keys last level max mean median min ndim
ngroup ngroups nth nunique ohlc pct_change pipe plot prod quantile rank resample rolling
sample sem shift size skew std sum tail take transform value_counts var
"""
OF_FRAMES = frozenset((_BOTH + _FRAME).split())
OF_ROWS = frozenset((_BOTH + _SERIES).split())
OF_GROUPS = frozenset(_GROUPS.split())


def require_own_column(node: ast.Attribute, owner: Frame | Grouped | Part, name: str) -> None:
    """Raise UnreadError where pandas has an attribute of its own by a column's name."""
    match owner:
        case Frame(scope=scope):
            what = "frame"
            known = OF_FRAMES | {"name"} if scope else OF_FRAMES
        case Grouped():
            what, known = "groups", OF_GROUPS
        case Part():
            what, known = "row", OF_ROWS
    if name in known:
        own = ast.unparse(node.value) if isinstance(node.value, ast.Name) else "df"
        text = f"{name} is pandas' own attribute of the {what}, which is not read here"
        raise UnreadError(node, f"{text}; a column is written {own}[{name!r}]")
