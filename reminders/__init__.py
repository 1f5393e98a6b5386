"""When to say what is owed, and to whom: pure planning, and the tick that sends it."""
