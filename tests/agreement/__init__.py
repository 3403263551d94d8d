"""The portal held against the independent scorer of tests/oracle."""
