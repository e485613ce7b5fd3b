"""Export: a bundle or a run as the folder that another tool takes."""
