"""The books of a car-sharing company, generated: same seed and scale, same rows."""
