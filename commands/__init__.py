"""What people can say and do, one room a subject; docs/architecture.md shows them all."""
