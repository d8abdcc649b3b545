"""Draws photos of cars with and without damage; not part of the image."""
