"""The kernel of Aula Platform and the host of its plugins."""
