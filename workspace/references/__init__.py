"""References that are made of the code, in ``docs/reference``; CI compares them."""
