"""Bounded load on a service, over HTTP or gRPC, and what came of it."""
