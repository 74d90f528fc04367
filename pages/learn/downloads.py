"""Where is the data?"""

from equity.ui import choices, definition, downloads, frame, here, names, next_step

page = here()
frame.head(
    page.say,
    page.say("ui.page_downloads"),
    page.say("pages.downloads_sentence"),
    quiet=page.say("pages.downloads_quiet"),
)
metric = choices.select(page, "metric", names.metrics(page))
downloads.table(page, metric)
frame.heading(page.say("pages.dictionary"), page.say("pages.dictionary_quiet"))
downloads.dictionary(page)
definition.credits(page)

next_step.links(page, ("methods", "methods"), ("breakdown", "breakdown"))
