"""The portal of the “四维” appraisal; the rooms and their laws are in README.md."""
