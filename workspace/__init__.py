"""Set-up, test runs and locks of this workspace.

Runs on the machine's own Python, before anything is installed: the standard library only.
``pytest_plugin`` is the one exception; pytest imports it, and nothing else does.
"""

import sys

# Asked here, before a newer module or word of the language stops an older Python with a riddle.
if sys.version_info < (3, 11):  # noqa: UP036  # This runs on whatever Python the machine has.
    sys.exit(
        "Set-up stopped: Python 3.11 or newer is needed, this is "
        + ".".join(map(str, sys.version_info[:3]))
        + ". Name another one: make PYTHON=python3.13"
    )
