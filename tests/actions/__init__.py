"""Tests of portal/actions."""
