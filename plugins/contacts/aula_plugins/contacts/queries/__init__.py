"""Every select of the plugin, each starting from what the actor may see.

Statements are built once per shape of rights (``functools.cache``) and run with parameters. None
selects custody, and contact data is selected in one place (`people.contact_data`).
"""
