"""After a kill: what an earlier run left open is settled before the next one changes anything.

`settle` does what is certain and stops at the rest; `walk` asks a person about that rest, one question at a time.
"""
