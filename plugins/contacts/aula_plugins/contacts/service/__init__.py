"""What the plugin does: lists and cards, choices of sharing, contact parents."""
