"""A small data plane for the Gateway API, for tests only: haproxy, driven from HTTPRoutes and GRPCRoutes."""
