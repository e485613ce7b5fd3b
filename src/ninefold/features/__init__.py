"""Stage 4: one recipe per view that some learner asks for."""
