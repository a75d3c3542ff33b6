"""What NumPy's arrays are called in annotations, by the type of their numbers."""

from typing import TYPE_CHECKING, Any

import numpy as np

__all__ = ["Anys", "ArrayLike", "Bools", "Float32s", "Float64s", "Int64s", "Uint8s", "Uint32s"]

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
else:  # read by nobody at run time, it takes a hundredth of the start
    ArrayLike = Any

Anys = np.ndarray[Any, np.dtype[Any]]
Bools = np.ndarray[Any, np.dtype[np.bool_]]
Float32s = np.ndarray[Any, np.dtype[np.float32]]
Float64s = np.ndarray[Any, np.dtype[np.float64]]
Int64s = np.ndarray[Any, np.dtype[np.int64]]
Uint8s = np.ndarray[Any, np.dtype[np.uint8]]
Uint32s = np.ndarray[Any, np.dtype[np.uint32]]
