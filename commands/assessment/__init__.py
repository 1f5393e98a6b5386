"""What 考核组 records: trainings with their rolls, and waivers."""
