"""All benchmarks, one after the other: ``make bench``."""

from benchmarks import drawing, opening, recording, training, use, values, wire

for benchmark in (opening, wire, use, drawing, values, recording, training):
    benchmark.main()
    print()
