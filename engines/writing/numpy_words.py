"""NumPy's mathematics: the words that mean the same of a number, of an array and of a column."""

from __future__ import annotations

FUNCTIONS = {
    "sqrt": "np.sqrt(x)",
    "log": "np.log(x)",
    "log10": "np.log10(x)",
    "exp": "np.exp(x)",
    "log2": "np.log2(x)",
    "log1p": "np.log1p(x)",
    "expm1": "np.expm1(x)",
    "sin": "np.sin(x)",
    "cos": "np.cos(x)",
    "tan": "np.tan(x)",
    "asin": "np.arcsin(x)",
    "acos": "np.arccos(x)",
    "atan": "np.arctan(x)",
    "atan2": "np.arctan2(x, y)",
    "sinh": "np.sinh(x)",
    "cosh": "np.cosh(x)",
    "tanh": "np.tanh(x)",
    "radians": "np.radians(x)",
    "degrees": "np.degrees(x)",
    "hypot": "np.hypot(x, y)",
    "sign": "np.sign(x)",
    "floor": "np.floor(x)",
    "ceil": "np.ceil(x)",
}
