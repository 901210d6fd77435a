# alone
import os
import warnings

os.environ["SQLALCHEMY_WARN_20"] = "1"

with warnings.catch_warnings(record=True) as given:
    warnings.simplefilter("always")
    from sqlalchemy.ext.declarative import declarative_base

    declarative_base()
for one in given:
    print(str(one.message).split("(Background")[0])
