from sqlalchemy import exc
from sqlalchemy.orm import mapped_column

try:
    print(mapped_column(default=1, insert_default=2).column.default.arg)
except exc.ArgumentError as error:
    print(error)
