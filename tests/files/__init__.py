"""Tests of portal/files."""
