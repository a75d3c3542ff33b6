"""Inside a process that trains, anyone's: steering it, and noting what each step used."""
