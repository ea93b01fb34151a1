"""Deciding who may do what: roles, grants, who has them, and the matrix of groups."""
