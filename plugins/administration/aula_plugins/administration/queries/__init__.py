"""The plugin's own selects. It has no tables: what it asks about people is in stamdata's views."""
