"""What did this department promise, and is it keeping it?"""

import streamlit as st

from equity.ui import frame, here, next_step, objectives

page = here()
top = st.container()
department = objectives.choose(page)
findings = objectives.leading(page, department.id)
with top:
    objectives.head(page, department, findings)

for program in department.programs:
    frame.section(page.say.text(program.title), page.say.text(program.description))
    for objective in program.objectives:
        objectives.objective(page, objective, findings)

next_step.links(page, ("breakdown", "breakdown"), ("trends", "trend"), ("methods", "methods"))
