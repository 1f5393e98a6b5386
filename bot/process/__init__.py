"""The wiring of one running process: what is built, what runs beside it, who leads."""
