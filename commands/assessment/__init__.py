"""What 考核组 records: trainings with their rolls, waivers, and points given by hand."""
