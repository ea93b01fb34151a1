"""Everything behind ``aula demo``: a folder of data, its configuration, and the processes."""
