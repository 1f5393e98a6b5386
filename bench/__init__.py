"""Benchmarks: the real gateway and rules against baselines measured in the same run.

    python -m bench [intake|score|parse|start …] [--quick]

One JSON line a case: name, case, value, unit, baseline, ratio, goal, ok (design 9).
"""
