"""``python -m aula_sdk.tools`` is ``aula-sdk``."""

from aula_sdk.tools.cli import main

if __name__ == "__main__":
    main(prog_name="aula-sdk")
