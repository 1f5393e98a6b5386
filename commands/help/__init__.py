"""Help, examples, hints and menus: how people find what they can say."""
