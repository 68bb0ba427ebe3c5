"""Letters in Word: a draft edited there comes back, and an existing letter is the beginning of one here."""
