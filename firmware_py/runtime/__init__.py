"""What every daemon stands on: configuration, the loop, ports, logs, the clock and systemd's ear."""
