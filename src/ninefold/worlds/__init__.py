"""Worlds: one file, one tiny data set whose truth is known. What a learner can and cannot do, it shows here."""
