"""``hall selftest`` (R-TECH-02): every device of this Pi tried over its own wire, apart from the hall's data.

A test makes the very driver its daemon makes, asks nothing of the link and writes no journal: whatever is pressed here
is no ticket and no rating (R-EVAL-10). A device whose daemon runs is left alone and said to be in use.
"""
