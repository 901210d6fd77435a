from sqlalchemy import create_engine

try:
    create_engine("sqlite://", query_cache_size=10)
    print("made")
except TypeError as error:
    print("TypeError")
