"""Write the references: ``python3 -m workspace references``."""

from __future__ import annotations

from workspace.references.pages import FOLDER, make_pages

FOLDER.mkdir(exist_ok=True)
for name, page in make_pages().items():
    (FOLDER / name).write_text(page, encoding="utf-8")
    print(f"docs/reference/{name}")
