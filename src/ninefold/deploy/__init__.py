"""Stage 8: the folder that ships: graph, schema, example request, model card, digests."""
