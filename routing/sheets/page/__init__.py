"""The sheet as one HTML file for a cheap phone: no connection, no font, nothing from anywhere."""

from routing.sheets.page.making import page_policy, sheet_page

__all__ = ["page_policy", "sheet_page"]
