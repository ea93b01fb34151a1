"""Every select of the plugin, each starting from what the actor may see."""
