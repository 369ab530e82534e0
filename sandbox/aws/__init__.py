"""AWS as the fleet meets it: moto in server mode, made to refuse what AWS refuses.

`dispatch` is the one place where moto is extended: a table of refusals and a table of operations,
filled by the modules of each theme.
"""
