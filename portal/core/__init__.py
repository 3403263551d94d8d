"""What the portal means: pure functions over frozen values. No clock, no dice, no database, no web."""
