"""What NumPy's arrays are called in annotations, by the type of their numbers."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Anys", "ArrayLike", "Bools", "Float32s", "Float64s", "Int64s", "Uint8s", "Uint32s"]

Anys = NDArray[Any]
Bools = NDArray[np.bool_]
Float32s = NDArray[np.float32]
Float64s = NDArray[np.float64]
Int64s = NDArray[np.int64]
Uint8s = NDArray[np.uint8]
Uint32s = NDArray[np.uint32]
