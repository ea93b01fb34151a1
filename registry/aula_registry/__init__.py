"""The service where vendors publish and municipalities find widgets and plugins."""
