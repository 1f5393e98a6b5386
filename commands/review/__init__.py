"""Deciding: the queue, its cards and shares, decisions and backdating."""
