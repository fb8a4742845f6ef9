"""Maps of a plan: GeoJSON and a page that needs no connection. Law: no person can be told from what is drawn."""
