"""The hall's one state machine, pure: no clock, no chance, no thread, no file. Start reading at ``machine``."""
