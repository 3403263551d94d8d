"""Verbs: where a transaction is composed. Whoever opened the session commits it."""
