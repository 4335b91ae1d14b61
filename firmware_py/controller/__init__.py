"""The brain as a daemon: a command is decided, journalled, made true, answered and published, in this order."""
