"""Tests of portal/web."""
