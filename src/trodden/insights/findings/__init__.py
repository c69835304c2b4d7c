"""What somebody should know: found in the answers, corrected for how much was tried, merged and ranked."""
