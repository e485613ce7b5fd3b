"""Learners: one file, one learner, with its card; `fit` returns a form."""
