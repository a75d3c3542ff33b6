"""All benchmarks, one after the other: ``make bench``."""

from benchmarks import drawing, opening, training, values

for benchmark in (opening, drawing, values, training):
    benchmark.main()
    print()
