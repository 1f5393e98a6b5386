"""What people can say and do: the vocabulary of chat, its grammar, and one module a family."""
