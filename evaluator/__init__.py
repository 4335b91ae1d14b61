"""What judges service: the rating keypads and the telephone lines."""
