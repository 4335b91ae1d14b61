"""How facts travel: the link over MQTT, acknowledged streams, and the way to the centre."""
