"""Reading scores: totals, reasons, ranks, duties, explanations and pictures."""
