"""What the figures in README and docs come from. Run by hand and by ``make bench``; no tests."""
