"""What cover for the damage of a ride costs: how often damage happens, and what it costs when it does."""
