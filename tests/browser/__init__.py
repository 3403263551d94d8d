"""Journeys in a real browser, at 375×812 and 1440×900."""
