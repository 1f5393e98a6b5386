"""Tables of characters, made by `make.py` and read on first use."""
