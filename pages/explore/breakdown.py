"""Who and where is behind, by how much, and against what?"""

import streamlit as st

from equity.ui import breakdown, frame, here, measures, next_step, second_looks, show, speak

page = here()
top = st.container()
view = breakdown.choose(page)
places, groups = breakdown.places(page, view), breakdown.groups(page, view)
main = (groups if page.state.get("by") else None) or places or groups

with top:
    speak.head(page, view.metric, main, period=(view.kind, view.period))
    breakdown.told(page, main)

if places:
    speak.section(page, places, main=main is places)
    with st.container(key="eq-pair"):
        left, right = st.columns(2, gap="medium")
        with left:
            drawn = show.map_of(page, places)
        with right:
            drawing = show.dots(page, places, field="place", name="places")
    second_looks.like_for_like(page, view, places)
    speak.notes(page, places)
    show.behind(page, drawing, "places", view.metric, on_map=drawn, level=view.level)
    measures.fold(page, places, "places")
    second_looks.smoothed(page, view, places)

if groups:
    speak.section(page, groups, main=main is groups)
    frame.words(breakdown.only_city(page, view), quiet=True)
    drawing = show.dots(page, groups, name="groups")
    second_looks.like_for_like(page, view, groups)
    speak.notes(page, groups, places)
    show.behind(page, drawing, "groups", view.metric)
    measures.fold(page, groups, "groups")
    second_looks.plain(page, view, groups)

for label, finding in breakdown.crossed(page, view):
    frame.heading(label, speak.headline(page, finding))
    if any(entry.estimate is not None for entry in finding.entries):
        show.dots(page, finding, name=finding.id)
        speak.notes(page, finding, places, groups)

next_step.links(page, ("trends", "trend"), ("neighborhood", "place"), ("methods", "methods"))
next_step.this_view(page, "breakdown")
