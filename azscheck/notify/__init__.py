"""Telling people and monitoring systems what changed: messages on change only, and metrics after every run.

Nothing here decides a verdict or an exit code.
"""
