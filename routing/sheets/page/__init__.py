"""The sheet as one HTML file for a cheap phone: no connection, no font, nothing from anywhere."""

from routing.sheets.page.making import sheet_page

__all__ = ["sheet_page"]
