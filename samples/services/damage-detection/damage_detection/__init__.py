"""Finds scratches and dents on a photo of a car, on a CPU, with a model of a hundred kilobytes."""
