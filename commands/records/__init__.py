"""台账: what a school that begins in mid-year brings along, booked as 补录 facts."""
