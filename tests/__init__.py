"""Tests are sentences about behaviour; tests/core needs no app and no database."""
