"""What becomes of a recommendation: the register, responses, assessments, closing."""
