"""Where are outcomes unequal today, and how sure are we?"""

import streamlit as st

from equity.ui import changes, frame, here, next_step, overview, show

page = here()
top = st.container()
department = overview.choose(page)
findings = overview.findings(page, department)
with top:
    overview.head(page, findings)

lists = overview.by_verdict(findings)
for verdict, ranked in lists.items():
    overview.heading(page, verdict, ranked)
    for finding in ranked[: overview.SHOWN]:
        show.finding_line(page, finding)
    overview.rest(page, ranked[overview.SHOWN :])
    if verdict == next(iter(lists)):
        changes.part(page, department)
        overview.quadrants(page, findings)

overview.empty(page)
next_step.links(page, ("department", "promises"), ("downloads", "data"), ("methods", "methods"))
frame.words(page.say("pages.reading_overview"), quiet=True)
