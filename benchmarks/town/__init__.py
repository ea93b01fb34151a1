"""The municipality that is measured: its people, its conversations, and who is signed in."""
