"""Compares what IngestionJobs declare, what their sources hold and what their targets hold."""
