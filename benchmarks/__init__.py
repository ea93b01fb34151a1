"""What a request costs: a made-up municipality, the real site, and flows that are measured."""
