"""What a change of belonging does to what somebody may, and handing over (decision 0044)."""
