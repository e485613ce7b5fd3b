"""Metrics: one file, one number for predictions. NumPy alone, fast enough to be run on a thousand resamples.

Every ``score(y, predictions, labels=None)`` takes

- ``y`` [N]: int64 class codes, positions in ``Problem.classes``, or float64 values for regression; of several targets
  [N, T], codes 0 and 1 or values;
- ``predictions`` [N, K]: class probabilities, one column per class, or [N, 1] values for regression; of several
  targets [N, T], probabilities of yes or values;
- ``labels`` [N]: decided class codes, for metrics that score decisions (``needs_labels``); where they are not
  given, the most probable class is taken. Other metrics ignore them.

Of clusters, the ``predictions`` are memberships, the ``labels`` clusters, and ``y`` is either the rows [N, D] that lie
near or far (silhouette, Davies-Bouldin, Calinski-Harabasz), or true groups [N], below 0 where unknown (adjusted Rand,
normalised mutual information).

In binary problems the last class (code 1) is the positive one. With more classes, precision, recall, F1, ROC AUC
and average precision are macro averages: every class, and of several targets every target, counts the same.

A metric that a sample leaves undefined (ROC AUC where only one class occurs, R² of a constant target, a percentage
error of zero) is NaN, never a made-up number and never a warning; each file says when. Where defined, values equal
those of `sklearn.metrics`.

Files with a leading underscore are no metrics: they hold what several metrics, and evaluation, share.
"""
