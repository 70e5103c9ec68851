"""Chaos: the whole product as real processes, killed at random, and what must be true afterwards."""
