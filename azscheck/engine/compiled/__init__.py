"""Compiled evaluators: generated code that says quickly what the interpreter says.

One function per resource type reads each property once and gives the policies that are not complied with. Where a
value is odd (an unknown, a type that a test has no quick answer to, a comparison that fails) it gives no answer, and
the interpreter is asked: so the two cannot differ in what is hard, and a property test holds them equal in the rest.
"""
