"""The JSON door, `/api/v1`: lists, records, timelines and every action, made from the declarations.

    door.py      who asks, how often, and errors as JSON          bodies.py   reading what was sent
    records.py   lists, one record, timeline                      shapes.py   values as JSON, both ways
    running.py   running actions, singly and in bulk              openapi.py  the description of it all

No rule, no permission and no write is here.
"""
