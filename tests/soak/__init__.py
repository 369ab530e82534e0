"""`make soak N=100`: kills at random moments; whatever happened, the same command finishes it."""
