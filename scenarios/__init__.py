"""Made-up programmes on real streets, one folder each."""
