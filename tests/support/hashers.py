"""Passwords of tests, kept as the product keeps them but by less work: a hash of its own costs 0.25 s."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """Argon2id with next to no memory and one round."""

    time_cost = 1
    memory_cost = 64
    parallelism = 1
