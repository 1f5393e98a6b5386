"""What runs the tables: drivers, statements compiled once, the transaction, its writer, the vault.

Knows the shapes of rows and asks nothing of them: that is what the modules beside this folder do.
"""
