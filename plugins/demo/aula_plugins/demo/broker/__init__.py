"""The demo log-in broker: an OpenID Connect provider in which one picks a fictional person."""
