"""What plugins return, as arrays of real numbers.

numpy would drop the imaginary part of a complex number, read digits out of a text, and take any text for true; here
each of them is an error, since the number that came out would be wrong.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from livereview.types import Array, Mask, PluginError

#: numpy's kinds: floating, signed, unsigned, boolean; objects (None in a list) are converted one by one.
_REAL, _TRUTH = "fiuO", "biu"


def real_numbers(name: str, value: Any) -> Array:
    """A value as float64, of whatever shape; PluginError where it is complex, text, a date or true/false."""
    return np.asarray(_of_kind(name, value, _REAL, "real numbers"), dtype=np.float64)


def truths(name: str, value: Any) -> Mask:
    """A value as booleans, of whatever shape; PluginError where it is neither that nor whole numbers."""
    return np.asarray(_of_kind(name, value, _TRUTH, "true or false"), dtype=np.bool_)


def _of_kind(name: str, value: Any, kinds: str, wanted: str) -> Any:
    found = np.asarray(value)
    if found.dtype.kind not in kinds:
        raise PluginError(f"{name} is of the type {found.dtype.name}; it must be {wanted}")
    return found
