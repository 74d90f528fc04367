"""The read side: versions, the read-only connection, slices.

`open_publication(workspace)` gives the version in service; everything that people see comes from
its slices. Nothing here can reach records, cells or the code that makes them.
"""

from equity.publication.reader import Publication, entry_id
from equity.publication.versions import current_version, earlier, open_publication, versions

__all__ = ["Publication", "current_version", "earlier", "entry_id", "open_publication", "versions"]
