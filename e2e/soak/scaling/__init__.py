"""Many IngestionJobs: what they cost at rest and in motion. Run by e2e/soak/scale; needs Python's own library alone."""
