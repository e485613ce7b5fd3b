"""Read a Ninefold bundle: predict, serve, watch. Nothing of training is needed."""
