"""What methods must agree with: plain loops over Python lists, knowing only the vocabulary."""
