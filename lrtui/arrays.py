"""What arrays are called in annotations. Naming them imports no NumPy.

The first frame waits for what is imported, and NumPy is a seventh of it; see :mod:`lrtui.lazily`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Anys = NDArray[Any]
    Bools = NDArray[np.bool_]
    Float32s = NDArray[np.float32]
    Float64s = NDArray[np.float64]
    Int64s = NDArray[np.int64]
    Uint8s = NDArray[np.uint8]
    Uint32s = NDArray[np.uint32]
else:
    ArrayLike = Anys = Bools = Float32s = Float64s = Int64s = Uint8s = Uint32s = Any

__all__ = [
    "Anys",
    "ArrayLike",
    "Bools",
    "Float32s",
    "Float64s",
    "Int64s",
    "Uint8s",
    "Uint32s",
]
