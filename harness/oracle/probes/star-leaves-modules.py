from sqlalchemy import *
from sqlalchemy.orm import *

print("exc" in globals(), "util" in globals(), "Column" in globals(), "relationship" in globals())
