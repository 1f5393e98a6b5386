"""The monthly report: its sections, document, workbook and picture."""
