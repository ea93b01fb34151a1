"""The flows, one small module each, found by their files: each has a ``FLOW``.

A new flow is a new file; nothing else names it. What a flow may ask for is in `benchmarks.world`.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

from benchmarks.flow import Flow


def find_flows() -> list[Flow]:
    """Return all flows, in the order of their ``place`` and name."""
    modules = [
        import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)
    ]
    flows: list[Flow] = [module.FLOW for module in modules]
    return sorted(flows, key=lambda flow: (flow.place, flow.name))
