"""Papers and pages for volunteers, sites and the dispatcher."""
