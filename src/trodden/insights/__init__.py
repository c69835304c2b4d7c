"""What answers mean together: composed, ranked, put into sentences. Speaks of answers, never of tables."""
