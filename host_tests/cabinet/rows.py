"""The hours of a journal as JSON: [[hour, span, quality, import_wh]].

micropython rows.py FOLDER
"""

import json
import sys

from app.history import Cursor
from app.journal import Journal
from household.record import HourRecord

record = HourRecord()
cursor = Cursor(Journal(sys.argv[1], 36), record, 0, 1 << 24)
found = []
while cursor.next_into(record):
    found.append([record.hour, record.span, record.quality, record.import_wh])
print(json.dumps(found))
