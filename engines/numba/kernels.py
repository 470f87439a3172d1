"""The compiled loops over numbered groups, written beside the query that calls them."""

EXTREME = '''
@njit
def NAME(group, values, groups, n):
    """Find the n NAME values of each group, and how many there are."""
    top = np.empty((groups, n), values.dtype)
    found = np.zeros(groups, np.int64)
    for i in range(len(values)):
        g, value = group[i], values[i]
        MISSING
        if found[g] < n:
            k = found[g]
            found[g] += 1
        elif value BEATS top[g, n - 1]:
            k = n - 1
        else:
            continue
        while k > 0 and value BEATS top[g, k - 1]:
            top[g, k] = top[g, k - 1]
            k -= 1
        top[g, k] = value
    return top, found
'''
CORR = '''
@njit
def corr(group, x, y, groups):
    """Correlate x and y in each group by Welford's updates, in one pass."""
    n = np.zeros(groups)
    mean_x, mean_y = np.zeros(groups), np.zeros(groups)
    xx, yy, xy = np.zeros(groups), np.zeros(groups), np.zeros(groups)
    for i in range(len(group)):
        MISSING
        g = group[i]
        n[g] += 1
        dx, dy = x[i] - mean_x[g], y[i] - mean_y[g]
        mean_x[g] += dx / n[g]
        mean_y[g] += dy / n[g]
        xx[g] += dx * (x[i] - mean_x[g])
        yy[g] += dy * (y[i] - mean_y[g])
        xy[g] += dx * (y[i] - mean_y[g])
    return xy / np.sqrt(xx * yy)
'''
SUM = '''
@njit
def group_sum(group, values, groups):
    """Add the values of each group."""
    total = np.zeros(groups, values.dtype)
    for i in range(len(values)):
        if not np.isnan(values[i]):
            total[group[i]] += values[i]
    return total
'''
MEAN = '''
@njit
def group_mean(group, values, groups):
    """Average the values of each group; NaN where it has none."""
    total, count = np.zeros(groups), np.zeros(groups)
    for i in range(len(values)):
        if not np.isnan(values[i]):
            total[group[i]] += values[i]
            count[group[i]] += 1
    return total / count
'''
BEST = '''
@njit
def group_NAME(group, values, groups):
    """Find the NAME of each group; NaN where it has no values."""
    found = np.full(groups, np.nan)
    for i in range(len(values)):
        g = group[i]
        if np.isnan(found[g]) or values[i] BEATS found[g]:
            found[g] = values[i]
    return found
'''
# Loops over values with gaps, where pandas' own compiled ones are slower, or wrong.
GROUPED = {
    "sum": SUM,
    "mean": MEAN,
    "min": BEST.replace("NAME", "min").replace("BEATS", "<"),
    "max": BEST.replace("NAME", "max").replace("BEATS", ">"),
}
