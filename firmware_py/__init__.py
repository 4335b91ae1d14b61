"""What every device of a service hall shares, and the hall's one brain."""

__version__ = "0.1.0"
