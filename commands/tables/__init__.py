"""Workbooks and csv files as tables of cells. Knows nothing of the school."""
