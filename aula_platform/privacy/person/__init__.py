"""One person's data: given out as a whole (GDPR art. 15 and 20), and erased (art. 17)."""
