"""How passwords are hashed: argon2id with the library's recommended cost."""

from functools import cache

from argon2 import PasswordHasher


@cache
def strong_hasher() -> PasswordHasher:
    return PasswordHasher()
