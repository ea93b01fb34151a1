"""What the plugin does: takes and returns Structs, asks the rights, tells events."""
