"""Every select of the plugin, each starting from what the actor may see.

Statements are built once per shape of rights (``functools.cache``) and run with parameters; the
Structs beside them have the columns' order.
"""
