"""What does this number mean, and how is it computed?"""

import streamlit as st

from equity.ui import (
    calibration,
    choices,
    definition,
    evidence,
    frame,
    here,
    names,
    next_step,
    speak,
)

page = here()
top = st.container()
entry = evidence.asked(page)
metric = choices.select(page, "metric", names.metrics(page), entry["metric"] if entry else "")
with top:
    definition.head(page, metric)

if entry and entry["metric"] == metric:
    frame.heading(page.say("pages.entry"), page.say("pages.entry_quiet"))
    evidence.entry(page, entry)

frame.heading(page.say("pages.measured"))
definition.measured(page, metric)
frame.heading(page.say("pages.judged"), page.say("pages.judged_quiet"))
definition.judged(page, metric)
frame.heading(page.say("pages.sources"))
definition.sources(page, metric)
frame.heading(page.say("pages.known"))
definition.known(page, metric)
frame.heading(page.say("pages.evidence"), frame.publication(page))
evidence.latest(page, metric)
frame.heading(page.say("pages.responsible"))
definition.responsible(page, metric)
frame.heading(page.say("pages.intervals"))
frame.words(speak.interval_meaning(page))
calibration.power(page)

next_step.links(page, ("breakdown", "breakdown"), ("trends", "trend"), ("downloads", "data"))
next_step.this_view(page, "methods")
