"""A programme's reply that came in Word or by e-mail: read, and laid passage by passage beside what was asked."""
