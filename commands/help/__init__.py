"""Help, examples, menus and the second ear: how people find what they can say."""
