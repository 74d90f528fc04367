"""What does this number mean, and how is it computed?"""

import streamlit as st

from equity.ui import choices, definition, frame, here, names, next_step, speak

page = here()
top = st.container()
metric = choices.select(page, "metric", names.metrics(page))
with top:
    definition.head(page, metric)

frame.heading(page.say("pages.measured"))
definition.measured(page, metric)
frame.heading(page.say("pages.judged"), page.say("pages.judged_quiet"))
definition.judged(page, metric)
frame.heading(page.say("pages.sources"))
definition.sources(page, metric)
frame.heading(page.say("pages.known"))
definition.known(page, metric)
frame.heading(page.say("pages.evidence"), frame.publication(page))
definition.evidence(page, metric)
frame.heading(page.say("pages.responsible"))
definition.responsible(page, metric)
frame.heading(page.say("pages.intervals"))
frame.words(speak.interval_meaning(page))

next_step.links(page, ("breakdown", "breakdown"), ("trends", "trend"), ("downloads", "data"))
next_step.this_view(page, "methods")
