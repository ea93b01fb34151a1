"""``python -m aula_platform``: the same as ``aula``."""

from aula_platform.cli import main

if __name__ == "__main__":
    main()
