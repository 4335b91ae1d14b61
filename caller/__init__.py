"""What calls people: the desk pads and signs, the hall board and the voice."""
