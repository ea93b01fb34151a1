"""The kit with which plugins and widgets for Aula Platform are written.

It imports nothing of the platform: the kernel implements the Protocols that are described here, so
a plugin type-checks and is unit-tested without it.
"""
