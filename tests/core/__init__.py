"""Tests of what the portal means: no app, no database."""
