"""How far verdicts can be trusted: the power curve, drawn when it is asked for."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from equity.charts import Drawing, power_curve
from equity.ui import frame, load, show
from equity.ui.context import Here
from equity.workspace import PROGRAM_ROOT

CURVE = PROGRAM_ROOT / "docs" / "methods" / "power.csv"
"""Written by `python -m equity calibrate`."""


def power(here: Here) -> None:
    """How large a gap is found with how many records; nothing where the curve was not shipped."""
    if not CURVE.is_file():
        return
    frame.heading(here.say("ui.power_heading"), here.say("ui.power_quiet"))
    folded = st.expander(here.say("ui.power_open"), key="fold-power", on_change="rerun")
    if not folded.open:
        return
    with folded:
        drawing: Drawing = load.made(
            here, ("power",), lambda: power_curve(pd.read_csv(CURVE), here.say)
        )
        frame.words(f"{drawing.title}.")
        frame.words(drawing.subtitle, quiet=True)
        show.plain(drawing, "power")
        frame.words(drawing.caption, quiet=True)
