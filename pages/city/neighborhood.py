"""How is the City serving this place, across departments?"""

import streamlit as st

from equity.ui import here, neighborhood, next_step

page = here()
top = st.container()
level, place = neighborhood.choose(page)
standings = neighborhood.standings(page, level, place)
with top:
    neighborhood.head(page, level, place, standings)

for standing in standings:
    neighborhood.line(page, standing)

neighborhood.behind(page, standings)
next_step.links(page, ("breakdown", "breakdown"), ("trends", "trend"), ("downloads", "data"))
next_step.this_view(page, "neighborhood")
