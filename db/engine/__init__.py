"""The machinery below the tables: drivers, compiled statements, transactions, writer, vault.

Knows the shapes of rows but not their meaning, which belongs to the modules beside this folder.
"""
