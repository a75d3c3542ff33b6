"""The t distribution for whole degrees of freedom, in closed form: no table, no library."""

import math
import statistics


def t_quantile(probability: float, freedom: int) -> float:
    """The quantile of the t distribution at a probability.

    Args:
        probability: from 0.5 up to, but not, 1.
        freedom: degrees of freedom, at least 1.

    Returns:
        t >= 0, to about 12 digits: the cumulative distribution, inverted by bisection.
    """
    central = 2 * probability - 1
    if not 0 <= central < 1 or freedom < 1:
        raise ValueError(f"no such quantile: probability {probability}, freedom {freedom}")
    if freedom > _MANY:
        return _expanded(probability, freedom)
    low, high = 0.0, 1.0
    while t_within(high, freedom) < central:
        high *= 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if t_within(middle, freedom) < central else (low, middle)
    return (low + high) / 2


_MANY = 1000


def _expanded(probability: float, freedom: int) -> float:
    """The quantile by its expansion around the normal one: Abramowitz and Stegun 1964, 26.7.5."""
    x = statistics.NormalDist().inv_cdf(probability)
    terms = (
        (x**3 + x) / 4,
        (5 * x**5 + 16 * x**3 + 3 * x) / 96,
        (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / 384,
    )
    return x + math.fsum(term / freedom ** (number + 1) for number, term in enumerate(terms))


def t_within(t: float, freedom: int) -> float:
    """The probability that T lies between -`t` and `t`, for t >= 0.

    Abramowitz and Stegun 1964, 26.7.3 and 26.7.4. With theta = atan(t / sqrt(freedom)): for
    even freedom ``sin * (1 + cos^2 / 2 + 3 cos^4 / (2 * 4) + ...)``, for odd
    ``2 / pi * (theta + sin * (cos + 2 cos^3 / 3 + ...))``, up to the power freedom - 2.
    """
    theta = math.atan(t / math.sqrt(freedom))
    sine, cosine = math.sin(theta), math.cos(theta)
    odd = freedom % 2
    term, total = (cosine if odd else 1.0), 0.0
    for power in range(odd, freedom - 1, 2):
        total += term
        term *= cosine**2 * (power + 1) / (power + 2)
    return 2 / math.pi * (theta + sine * total) if odd else sine * total
