"""The number dispenser: button, take, slip, printer, outcome."""
