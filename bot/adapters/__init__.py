"""The platforms, one package each: an adapter translates both ways and nothing else.

An adapter is imported only when its platform is configured; its library only by its driver.
"""
