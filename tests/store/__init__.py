"""Tests of portal/store."""
