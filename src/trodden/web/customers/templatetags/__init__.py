"""What templates of other areas may call about customers."""
