"""Many trainings over ranges of parameters: which, by whom, kept where, and what follows."""
