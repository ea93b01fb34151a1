"""``python -m aula_registry`` is ``aula-registry``."""

from aula_registry.cli import main

if __name__ == "__main__":
    main(prog_name="aula-registry")
