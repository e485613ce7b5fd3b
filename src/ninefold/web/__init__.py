"""The local web app: runs, live progress, report, playground and watch in the browser (`ninefold ui`)."""
