"""What administrators see and do; each part asks the kernel for the right to it."""
