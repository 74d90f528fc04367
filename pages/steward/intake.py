"""May we trust these records? What became of every row of every file."""

from equity.steward import intake
from equity.ui import frame, here, next_step

page = here()
ledger = intake.ledger(page)
intake.head(page, ledger)

for dataset, entries in intake.datasets(page, ledger).items():
    frame.heading(intake.title(page, dataset), intake.source(page, dataset))
    intake.files(page, entries)
    intake.reasons(page, entries)
    intake.dropped(page, entries)

intake.quarantined(page, ledger)
intake.problems(page)
next_step.links(page, ("overview", "overview"), ("downloads", "data"))
