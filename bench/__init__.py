"""Measuring and hurting a real portal: `make bench`, `make faults`, `make soak`. Loopback only, bounded in time."""
