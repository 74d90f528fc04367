"""The command line: python -m equity …"""
