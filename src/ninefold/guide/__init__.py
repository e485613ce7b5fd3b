"""The guide: questions about machine learning, each answered by a page of code that was run.

`pages/` holds the sources, marimo notebooks; `page.py` reads one, `running.py` runs it, and what it said is plain data
(`said.py`) that any face may show: terminal, static page, web app, practice. Notebooks are found by their path and
never imported.
"""
