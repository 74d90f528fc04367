"""Is the metric, and the gap itself, moving?"""

import streamlit as st

from equity.ui import control, here, next_step, trends

page = here()
top = st.container()
view = trends.choose(page)
with top:
    trends.head(page, view)

trends.by_group(page, view)
control.value(page, view)
trends.gap(page, view)
control.gap(page, view)
control.city(page, view)

next_step.links(
    page, ("breakdown", "breakdown"), ("department", "promises"), ("methods", "methods")
)
next_step.this_view(page, "trends")
