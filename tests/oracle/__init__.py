"""A second, independent scorer that the portal's results are held against, and townships to try both on."""
