"""Names of libraries: those that are read, that no answer needs, and what code calls them."""

from __future__ import annotations

READ = {"pandas", "numpy", "math", "builtins"}  # libraries whose functions are read
# Settings of how values are shown, and of drawing random numbers.
SETTINGS = (
    *("pandas.set_option(", "pandas.reset_option(", "pandas.options.", "pandas.set_eng_float"),
    *("numpy.random.seed(", "numpy.set_printoptions(", "pandas.plotting.", "numpy.seterr("),
)
# Libraries that draw, show and measure time: no answer is made of what they return.
UNASKED = {
    *("matplotlib", "seaborn", "plotly", "IPython", "bokeh", "altair", "folium", "wordcloud"),
    *("ggplot", "plotnine", "pylab", "cufflinks", "missingno", "pandas_profiling", "squarify"),
    *("time", "gc", "warnings", "logging", "tqdm", "timeit", "graphviz", "joypy", "ipywidgets"),
}
# Names of libraries whose imports are elsewhere, as in another notebook that this one was cut from.
USUAL = {
    **{name: name for name in ("datetime", "time", "os", "re", "math", "json", "scipy", "sklearn")},
    "pd": "pandas",
    "np": "numpy",
    "plt": "matplotlib.pyplot",
    "mpl": "matplotlib",
    "sns": "seaborn",
    "px": "plotly.express",
    "go": "plotly.graph_objects",
}


def shorten(name: str) -> str:
    """Return a library's name as the tables have it: `np.sqrt`, `pd.cut`."""
    return name.replace("numpy.", "np.", 1).replace("pandas.", "pd.", 1)
