"""Every select of the plugin, starting from what the actor may see.

Statements are built once for each shape of rights and kept; parameters have the same name
everywhere (`params`). Rows become Structs whose fields have the columns' order.
"""
