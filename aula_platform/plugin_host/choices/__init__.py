"""What municipalities and institutions have chosen for themselves, where it was left to them."""
