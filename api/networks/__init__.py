"""Extracts of OpenStreetMap that programmes stand on. Law: the only thing sent that touches the disk as it is."""
