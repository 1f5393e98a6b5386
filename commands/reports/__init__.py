"""What units report: posts by link, publications, milestones, clicks, PPTs."""
