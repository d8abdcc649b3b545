"""What the HTTP services of the samples have in common: probes, metrics, and an end that loses no request."""
