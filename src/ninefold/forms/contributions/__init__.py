"""What each raw column adds to a prediction, as nodes: the change along a tree's path, or a weight times a distance.

Two things are summed up exactly here, and nothing is sampled; that makes it cheap, and makes it something else than
SHAP: the order in which a tree asks decides who gets the credit.
"""
