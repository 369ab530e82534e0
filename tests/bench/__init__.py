"""`make bench`: how close a rollout is to the fastest it could be, and what the driver itself costs."""
