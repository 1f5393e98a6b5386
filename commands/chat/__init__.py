"""The vocabulary of chat, shared by the inside and every adapter."""
