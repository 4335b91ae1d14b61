"""The tables of ``device.toml`` that name a wire, one module for each kind; ``device_checks`` says what they mean."""
